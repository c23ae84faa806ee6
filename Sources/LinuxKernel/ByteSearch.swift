import Glibc

extension UnsafeRawBufferPointer {
    /// `memchr(3)`: how far from the start the first of these bytes is; nil where there is none.
    @inline(__always)
    public func firstOffset(of byte: UInt8) -> Int? {
        guard let start = baseAddress, let found = memchr(start, Int32(byte), count) else { return nil }
        return UnsafeRawPointer(found) - start
    }

    /// How far from the start the last of these bytes is; nil where there is none. Glibc hides `memrchr(3)` behind `_GNU_SOURCE`.
    public func lastOffset(of byte: UInt8) -> Int? {
        var offset = count
        while offset > 0 {
            offset -= 1
            if self[offset] == byte { return offset }
        }
        return nil
    }

    /// The bytes from an offset on, in the same memory.
    @inline(__always)
    public func from(_ offset: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[offset...]) }

    /// The bytes before an offset, in the same memory.
    @inline(__always)
    public func upTo(_ offset: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[..<offset]) }
}
