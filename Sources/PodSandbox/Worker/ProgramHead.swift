internal import PodRecords

/// The beginning of a file that could not be executed, and what it says of why. The file is the image's, or somebody else's: nothing in it is believed but
/// for the words of a message.
struct ProgramHead {
    /// How much of a file is looked at.
    static let limit = 16 << 10

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    enum Kind: Equatable {
        /// With what stands behind `#!`, without arguments.
        case script(interpreter: String)
        /// `machine` is nil where it is this one's; `loader` where it needs none.
        case elf(machine: String?, loader: String?)
        case empty
        case other
    }

    var kind: Kind {
        if bytes.isEmpty { return .empty }
        if bytes.starts(with: "#!".utf8) { return .script(interpreter: interpreter) }
        if bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]), bytes.count >= 64 {
            return .elf(machine: foreignMachine, loader: loader)
        }
        return .other
    }

    private var interpreter: String {
        let line = bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let word = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            .prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return Self.text(word)
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes.prefix(200), as: UTF8.self) }

    // MARK: ELF, elf(5)

    private static let machines: [Int: String] = [
        3: "x86", 8: "MIPS", 20: "PowerPC", 21: "PowerPC 64", 22: "IBM S/390", 40: "ARM", 62: "x86-64", 183: "AArch64",
        243: "RISC-V", 258: "LoongArch",
    ]
    #if arch(x86_64)
    /// Those that this machine runs: a 32-bit program may need a kernel that has them, which is no other architecture.
    private static let own: Set<Int> = [62, 3]
    #else
    private static let own: Set<Int> = [183, 40]
    #endif

    private var isLittle: Bool { bytes[5] != 2 }

    private var foreignMachine: String? {
        let number = number(at: 18, bytes: 2) ?? 0
        if isLittle, Self.own.contains(number) { return nil }
        return Self.machines[number] ?? "machine \(number)"
    }

    /// The program header PT_INTERP, of a 64-bit file.
    private var loader: String? {
        guard bytes[4] == 2, let table = number(at: 32, bytes: 8), let size = number(at: 54, bytes: 2),
            let count = number(at: 56, bytes: 2)
        else { return nil }
        for index in 0..<count {
            let (header, isOverflow) = table.addingReportingOverflow(index * size)
            guard !isOverflow, let type = number(at: header, bytes: 4) else { return nil }
            guard type == 3 else { continue }
            guard let offset = number(at: header + 8, bytes: 8), let length = number(at: header + 32, bytes: 8),
                offset >= 0, offset < bytes.count, length > 0
            else { return nil }
            return Self.text(bytes[offset...].prefix(length).prefix { $0 != 0 })
        }
        return nil
    }

    /// nil where it is not in what was read.
    private func number(at offset: Int, bytes count: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        let part = bytes[offset..<offset + count]
        let ordered = isLittle ? Array(part.reversed()) : Array(part)
        let value = ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: value)
    }
}
