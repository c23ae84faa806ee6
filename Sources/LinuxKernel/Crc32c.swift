import CLinux

/// CRC-32C of bytes, going on from the checksum of what stands before them (0 for nothing). By the processor's instruction where it has one.
public func crc32c(_ bytes: UnsafeRawBufferPointer, after checksum: UInt32 = 0) -> UInt32 {
    hull_crc32c(checksum, bytes.baseAddress, bytes.count)
}

/// The same by plain arithmetic: what `crc32c` must agree with.
public func crc32cPortable(_ bytes: UnsafeRawBufferPointer, after checksum: UInt32 = 0) -> UInt32 {
    hull_crc32c_portable(checksum, bytes.baseAddress, bytes.count)
}
