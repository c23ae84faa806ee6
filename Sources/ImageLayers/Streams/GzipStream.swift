import CZlib

/// The members of a gzip file, one behind the other, by zlib, which checks the length and checksum of each.
final class GzipStream {
    private var stream = z_stream()
    private(set) var isBetweenMembers = true

    init() throws(LayerError) {
        if hull_inflate_init(&stream) != Z_OK { throw .source(reason: "no memory for a gzip stream") }
    }

    deinit { inflateEnd(&stream) }

    /// Goes on with some bytes: how many of them were used, and how many came out. Zero bytes behind the last member are padding, anything
    /// else there is an error.
    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, offset: UInt64
    ) throws(LayerError) -> (used: Int, made: Int) {
        if isBetweenMembers, offset > 0, input.first == 0 {
            guard input.allSatisfy({ $0 == 0 }) else {
                throw .damagedStream(reason: "bytes that are no gzip member behind the last one", offset: offset)
            }
            return (input.count, 0)
        }
        stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(clamping: input.count)
        stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(clamping: output.count)
        isBetweenMembers = false
        let result = inflate(&stream, Z_NO_FLUSH)
        let used = min(input.count, Int(UInt32.max)) - Int(stream.avail_in)
        let made = min(output.count, Int(UInt32.max)) - Int(stream.avail_out)
        switch result {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            isBetweenMembers = true
            inflateReset(&stream)
        default:
            let reason = stream.msg.map { String(cString: $0) } ?? "error \(result)"
            throw .damagedStream(reason: "gzip: \(reason)", offset: offset + UInt64(used))
        }
        return (used, made)
    }
}
