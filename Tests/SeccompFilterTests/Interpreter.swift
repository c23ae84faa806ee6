import LinuxTypes

/// What a filter sees, `struct seccomp_data`.
struct SystemCall {
    var number: UInt32
    var architecture: UInt32 = Arch.x86_64
    var arguments: [UInt64] = [0, 0, 0, 0, 0, 0]

    init(_ number: Int, _ architecture: UInt32 = Arch.x86_64, _ arguments: [UInt64] = []) {
        self.number = UInt32(truncatingIfNeeded: number)
        self.architecture = architecture
        for (index, argument) in arguments.enumerated() { self.arguments[index] = argument }
    }

    /// The 32-bit word at an offset: nr, arch, instruction pointer (0), six arguments with the lower half first.
    func word(at offset: UInt32) -> UInt32? {
        switch offset {
        case 0: return number
        case 4: return architecture
        case 8, 12: return 0
        case 16..<64 where offset % 4 == 0:
            let argument = arguments[Int(offset - 16) / 8]
            return UInt32(truncatingIfNeeded: offset % 8 == 0 ? argument : argument >> 32)
        default: return nil
        }
    }
}

enum Arch {
    static let x86_64: UInt32 = 0xc000_003e
    static let x86: UInt32 = 0x4000_0003
    static let aarch64: UInt32 = 0xc000_00b7
    static let x32Bit = 0x4000_0000
}

/// Runs a program as the kernel would; nil for anything that its verifier refuses.
func run(_ program: [FilterInstruction], _ call: SystemCall) -> UInt32? {
    var accumulator: UInt32 = 0
    var at = 0
    while at < program.count {
        let instruction = program[at]
        at += 1
        let condition: Bool
        switch instruction.code {
        case 0x20:
            guard let word = call.word(at: instruction.constant) else { return nil }
            accumulator = word
            continue
        case 0x54:
            accumulator &= instruction.constant
            continue
        case 0x05:
            at += Int(instruction.constant)
            continue
        case 0x06: return instruction.constant
        case 0x15: condition = accumulator == instruction.constant
        case 0x25: condition = accumulator > instruction.constant
        case 0x35: condition = accumulator >= instruction.constant
        case 0x45: condition = accumulator & instruction.constant != 0
        default: return nil
        }
        at += Int(condition ? instruction.jumpTrue : instruction.jumpFalse)
    }
    return nil
}
