internal import LinuxKernel
internal import LinuxTypes

extension SeccompError {
    /// From a child to its parent: kind 4 | number 8 | texts.
    var encoded: [UInt8] {
        let (kind, number, texts) = parts
        var writer = ByteWriter(capacity: 256)
        writer.append(kind)
        writer.append(number)
        writer.append(texts)
        return writer.bytes
    }

    private var parts: (kind: UInt32, number: Int64, texts: [String]) {
        switch self {
        case .notifyUnsupported(let pointer): (1, 0, [pointer])
        case .invalid(let pointer, let reason): (2, 0, [pointer, reason])
        case .tooLarge(let reason): (3, 0, [reason])
        case .unknownArchitecture(let name): (4, 0, [name])
        case .unknownToKernel(let name): (5, 0, [name])
        case .conflict(let name): (6, 0, [name])
        case .miscompiled(let name): (7, 0, [name])
        case .programTooLong(let count): (8, Int64(count), [])
        case .unfinished(let reason): (9, 0, [reason])
        case .library(let call, let errno, let subject): (10, Int64(errno.rawValue), [call, subject])
        case .kernel(let error): (11, Int64(error.errno.rawValue), [error.call, error.subject])
        }
    }

    init?(decoding bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        guard let kind = reader.integer(UInt32.self), let number = reader.integer(Int64.self), let texts = reader.texts(),
            reader.isAtEnd
        else { return nil }
        let errno = Errno(rawValue: Int32(truncatingIfNeeded: number))
        switch (kind, texts.count) {
        case (1, 1): self = .notifyUnsupported(at: texts[0])
        case (2, 2): self = .invalid(at: texts[0], reason: texts[1])
        case (3, 1): self = .tooLarge(reason: texts[0])
        case (4, 1): self = .unknownArchitecture(texts[0])
        case (5, 1): self = .unknownToKernel(texts[0])
        case (6, 1): self = .conflict(systemCall: texts[0])
        case (7, 1): self = .miscompiled(systemCall: texts[0])
        case (8, 0): self = .programTooLong(Int(number))
        case (9, 1): self = .unfinished(reason: texts[0])
        case (10, 2): self = .library(call: texts[0], errno: errno, subject: texts[1])
        case (11, 2): self = .kernel(KernelError(call: texts[0], errno: errno, subject: texts[1]))
        default: return nil
        }
    }
}
