public import LinuxKernel

/// Where bytes come from: fills a part of the buffer and says how much; 0 is the end. An error of whoever gives them is `LayerError.source`.
public typealias ByteSource = (UnsafeMutableRawBufferPointer) throws(LayerError) -> Int

/// The bytes of an open file, pipe or socket from its position on. The caller keeps the descriptor open while they are read.
public func bytes(of file: FileDescriptor) -> ByteSource {
    { buffer throws(LayerError) in
        try kernel("read the archive") { () throws(KernelError) in try file.read(into: buffer) }
    }
}

/// Bytes in memory.
public func bytes(in array: [UInt8]) -> ByteSource {
    var at = 0
    return { buffer in
        let count = min(buffer.count, array.count - at)
        array.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[at..<(at + count)])) }
        at += count
        return count
    }
}
