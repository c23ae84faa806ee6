public import LinuxKernel
public import OCISpec

/// The rules for devices of a cgroup v2: a BPF program that the kernel asks at every open and mknod of a device node.
///
/// The kernel hands over `struct bpf_cgroup_dev_ctx`, three words: type (low 16 bits: 1 block, 2 character) with the wanted access (high 16: 1
/// mknod, 2 read, 4 write), major, minor. The program answers 1 to allow, 0 to deny. It walks the rules from the last to the first and keeps
/// the accesses not yet allowed: a matching rule that allows takes its own away, one that denies any of them ends it.
public struct DeviceProgram: Hashable, Sendable {
    public let instructions: [BPFInstruction]
    /// Nothing needs to be attached.
    public let allowsEverything: Bool

    /// From rules in the order of the configuration, the last that matches wins; what none matches is denied.
    public init(rules: [Resources.DeviceRule]) {
        var assembler = Assembler()
        assembler.loadContext()
        // A rule for everything makes all before it meaningless; behind the jump away from it nothing may stand, or the verifier refuses.
        let lastForAll = rules.lastIndex { $0.isForAll }
        let effective = lastForAll.map { Array(rules[($0 + 1)...]) } ?? rules
        let fallback = lastForAll.map { rules[$0].allow } ?? false
        for rule in effective.reversed() { assembler.add(rule) }
        assembler.answer(fallback)
        instructions = assembler.instructions
        allowsEverything = fallback && effective.allSatisfy(\.allow)
    }
}

extension Resources.DeviceRule {
    /// Every device and every access.
    fileprivate var isForAll: Bool { type == .all && major == nil && minor == nil && access == .all }

    /// The context's bits of the access.
    fileprivate var contextAccess: Int32 {
        (access.contains(.mknod) ? 1 : 0) | (access.contains(.read) ? 2 : 0) | (access.contains(.write) ? 4 : 0)
    }
}

/// Registers: 0 answer, 1 context, 2 type, 3 accesses not yet allowed, 4 major, 5 minor, 6 scratch. Conditions compare 32 bits: numbers of
/// devices are unsigned, and the 64-bit forms would extend the immediate's sign.
private struct Assembler {
    private(set) var instructions: [BPFInstruction] = []

    mutating func loadContext() {
        emit(Operation.loadWord, destination: 2, source: 1, offset: 0)
        emit(Operation.move32, destination: 3, source: 2)
        emit(Operation.and32Immediate, destination: 2, immediate: 0xffff)
        emit(Operation.shiftRight32Immediate, destination: 3, immediate: 16)
        emit(Operation.loadWord, destination: 4, source: 1, offset: 4)
        emit(Operation.loadWord, destination: 5, source: 1, offset: 8)
        // An open for nothing, as O_PATH, reads and writes nothing.
        emit(Operation.jumpIfNotEqual32, destination: 3, offset: 2, immediate: 0)
        answer(true)
    }

    mutating func add(_ rule: Resources.DeviceRule) {
        let action = action(for: rule)
        var conditions: [(register: UInt8, value: UInt32)] = []
        switch rule.type {
        case .all: break
        case .block: conditions.append((2, 1))
        case .character: conditions.append((2, 2))
        }
        if let major = rule.major { conditions.append((4, major)) }
        if let minor = rule.minor { conditions.append((5, minor)) }
        for (index, condition) in conditions.enumerated() {
            let skipped = conditions.count - index - 1 + action.count
            emit(
                Operation.jumpIfNotEqual32, destination: condition.register, offset: Int16(skipped),
                immediate: Int32(bitPattern: condition.value))
        }
        instructions += action
    }

    private func action(for rule: Resources.DeviceRule) -> [BPFInstruction] {
        var action = Assembler()
        if rule.allow {
            action.emit(Operation.and32Immediate, destination: 3, immediate: ~rule.contextAccess & 7)
            action.emit(Operation.jumpIfNotEqual32, destination: 3, offset: 2, immediate: 0)
            action.answer(true)
        } else {
            action.emit(Operation.move32, destination: 6, source: 3)
            action.emit(Operation.and32Immediate, destination: 6, immediate: rule.contextAccess)
            action.emit(Operation.jumpIfEqual32, destination: 6, offset: 2, immediate: 0)
            action.answer(false)
        }
        return action.instructions
    }

    mutating func answer(_ allow: Bool) {
        emit(Operation.move64Immediate, destination: 0, immediate: allow ? 1 : 0)
        emit(Operation.exit)
    }

    private mutating func emit(
        _ operation: UInt8, destination: UInt8 = 0, source: UInt8 = 0, offset: Int16 = 0, immediate: Int32 = 0
    ) {
        instructions.append(
            BPFInstruction(
                operation: operation, destination: destination, source: source, offset: offset, immediate: immediate))
    }
}

/// Operation bytes of eBPF, RFC 9669.
private enum Operation {
    static let loadWord: UInt8 = 0x61
    static let move32: UInt8 = 0xbc
    static let and32Immediate: UInt8 = 0x54
    static let shiftRight32Immediate: UInt8 = 0x74
    static let move64Immediate: UInt8 = 0xb7
    static let jumpIfEqual32: UInt8 = 0x16
    static let jumpIfNotEqual32: UInt8 = 0x56
    static let exit: UInt8 = 0x95
}
