internal import ImageLayers
internal import ImageSpec
internal import LinuxKernel
internal import LinuxTypes

/// Makes of any archive one that can be read anywhere: an uncompressed file.
struct Spool {
    let store: ImageStore
    let workplace: Workplace
    let limits: LayerLimits

    /// The file itself where it is a regular one and not compressed; else a copy in the work directory.
    func plain(_ file: consuming OwnedDescriptor, name: String) throws(ImageError) -> OwnedDescriptor {
        let status = try kernel { () throws(KernelError) in try file.descriptor.status() }
        if status.type == .regular {
            // From its start, wherever a shell's redirection has left it.
            let start = try kernel { () throws(KernelError) in
                try file.descriptor.bytes(at: 0, count: Int(min(status.size, 4)), subject: name)
            }
            if start.withUnsafeBytes({ Compression(firstBytes: $0) }) == .none { return file }
            try kernel { () throws(KernelError) in try file.descriptor.rewind() }
        }
        return try copy(file.descriptor, name)
    }

    private func copy(_ file: FileDescriptor, _ name: String) throws(ImageError) -> OwnedDescriptor {
        let place = workplace.newName("spool")
        let copy = try kernel { () throws(KernelError) in
            try store.files.open(place, [.readWrite, .create, .exclusive, .noFollow], permissions: 0o600)
        }
        let stream = UncompressedStream(bytes(of: file), limits: limits)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while true {
            let count = try layering(name) { () throws(LayerError) in try stream.read(into: buffer) }
            if count == 0 { break }
            guard Int64(count) <= store.limits.blobBytes - offset else {
                throw .limit("'\(name)' has more than \(store.limits.blobBytes) bytes")
            }
            let part = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            let at = offset
            try kernel { () throws(KernelError) in try copy.descriptor.write(part, at: at, subject: name) }
            offset += Int64(count)
        }
        return copy
    }
}

extension LayerLimits {
    /// For an archive of images: a compressed one may bomb as a layer may, but holds more than one of them.
    static func archive(_ layers: LayerLimits) -> LayerLimits {
        var limits = layers
        limits.totalBytes = max(limits.totalBytes, LayerLimits().totalBytes)
        return limits
    }
}
