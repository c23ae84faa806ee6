/// Bytewise order: negative, 0 or positive, as `memcmp(3)` and then the length.
@inline(__always)
func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let common = min(left.count, right.count)
    var at = 0
    while at + 8 <= common {
        let a = left.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        let b = right.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        if a != b { return a.bigEndian < b.bigEndian ? -1 : 1 }
        at += 8
    }
    while at < common {
        if left[at] != right[at] { return Int(left[at]) - Int(right[at]) }
        at += 1
    }
    return left.count - right.count
}
