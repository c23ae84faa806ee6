public import LinuxKernel
public import LinuxTypes

/// The names in a directory in the order of their bytes, in few bytes each: a directory may have a million.
public struct SortedNames {
    /// Length, then the name, of each.
    private var bytes: [UInt8] = []
    private var places: [UInt32] = []

    /// The directory is open for reading. Throws `EFBIG` beyond 4 GiB of names.
    public init(of directory: FileDescriptor) throws(KernelError) {
        var stream = try DirectoryStream(directory)
        while let (name, _) = try stream.next() {
            guard bytes.count < Int(UInt32.max) - 256 else { throw KernelError(call: "getdents64", errno: .EFBIG, subject: "") }
            places.append(UInt32(bytes.count))
            bytes.append(UInt8(name.bytes.count))
            bytes += name.bytes
        }
        let bytes = bytes
        bytes.withUnsafeBytes { all in
            places.sort { Self.name(all, $0).lexicographicallyPrecedes(Self.name(all, $1)) }
        }
    }

    public var count: Int { places.count }

    public subscript(index: Int) -> FileName? {
        bytes.withUnsafeBytes { FileName(Self.name($0, places[index])) }
    }

    private static func name(_ bytes: UnsafeRawBufferPointer, _ place: UInt32) -> Slice<UnsafeRawBufferPointer> {
        let start = Int(place) + 1
        return bytes[start..<(start + Int(bytes[Int(place)]))]
    }
}
