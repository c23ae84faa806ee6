import CSeccomp
internal import LinuxKernel
internal import OCISpec

/// All that a compiled program depends on, as bytes: equal keys mean equal programs.
struct CacheKey {
    let bytes: [UInt8]
    /// 16 hexadecimal digits. Two keys may share it; they then take turns in one file.
    let fileName: String

    init(_ profile: Profile) {
        var writer = ByteWriter(capacity: 128 + profile.rules.reduce(0) { $0 + 32 + 24 * $1.names.count })
        writer.append(Self.format)
        writer.append(Self.libraryVersion)
        writer.append(SeccompArchitecture.native?.token ?? 0)
        writer.append(Self.kernelActions(profile))
        writer.append(profile.defaultAction.kernelValue)
        writer.append(profile.flags.rawValue)
        writer.append(UInt32(profile.architectures.count))
        for architecture in profile.architectures { writer.append(architecture.token) }
        writer.append(UInt32(profile.rules.count))
        for rule in profile.rules { Self.append(rule, to: &writer) }
        bytes = writer.bytes
        var checksum = Checksum(seed: 0x6b65_7973)
        bytes.withUnsafeBytes { checksum.add($0) }
        let digits = String(checksum.value, radix: 16)
        fileName = String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Raised with every change of the compiler that makes another program of the same profile, and of the key's own form.
    private static let format: UInt32 = 1

    private static var libraryVersion: UInt32 {
        guard let version = seccomp_version()?.pointee else { return 0 }
        return version.major << 16 | version.minor << 8 | version.micro
    }

    /// One bit for each action, in the order of the numbers of their kinds, set where the profile uses and the kernel knows it.
    private static func kernelActions(_ profile: Profile) -> UInt32 {
        var known: UInt32 = 0
        var asked: UInt32 = 0
        for action in [profile.defaultAction] + profile.rules.map(\.action) {
            let bit = action.keyBit
            if asked & bit == 0, kernelKnowsSeccompAction(action.kernelKind) { known |= bit }
            asked |= bit
        }
        return known
    }

    private static func append(_ rule: Profile.Rule, to writer: inout ByteWriter) {
        writer.append(rule.action.kernelValue)
        writer.append(UInt32(rule.comparisons.count))
        for comparison in rule.comparisons {
            writer.append(UInt32(comparison.index) | comparison.operation.keyNumber << 8)
            writer.append(comparison.value)
            writer.append(comparison.valueTwo)
        }
        writer.append(UInt32(rule.names.count))
        for name in rule.names { writer.append(name) }
    }
}

extension FilterAction {
    fileprivate var keyBit: UInt32 {
        switch self {
        case .killProcess: 1
        case .killThread: 2
        case .trap: 4
        case .errno: 8
        case .trace: 16
        case .log: 32
        case .allow: 64
        }
    }
}

extension SeccompOperator {
    fileprivate var keyNumber: UInt32 {
        switch self {
        case .notEqual: 1
        case .lessThan: 2
        case .lessOrEqual: 3
        case .equal: 4
        case .greaterOrEqual: 5
        case .greaterThan: 6
        case .maskedEqual: 7
        }
    }
}
