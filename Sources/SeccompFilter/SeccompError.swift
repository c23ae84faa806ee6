public import LinuxKernel
public import LinuxTypes

/// Why a profile is refused or does not become a program.
public enum SeccompError: Error, Hashable, Sendable {
    /// `SCMP_ACT_NOTIFY`, `listenerPath`: with their JSON pointer.
    case notifyUnsupported(at: String)
    /// A value that has no meaning, with its JSON pointer.
    case invalid(at: String, reason: String)
    /// A profile beyond our bounds.
    case tooLarge(reason: String)
    /// An architecture that this libseccomp does not know.
    case unknownArchitecture(String)
    /// An action that the running kernel does not know, by the specification's name.
    case unknownToKernel(String)
    /// Two rules want different actions for the same system call under the same conditions.
    case conflict(systemCall: String)
    /// libseccomp's program lets calls pass that the rules do not.
    case miscompiled(systemCall: String)
    /// More instructions than the kernel's 4096.
    case programTooLong(Int)
    /// libseccomp gave no program: out of time, out of memory, or it crashed.
    case unfinished(reason: String)
    /// A call of libseccomp.
    case library(call: String, errno: Errno, subject: String)
    case kernel(KernelError)
}

extension SeccompError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notifyUnsupported(let pointer): "'\(pointer)': seccomp notify is not supported yet"
        case .invalid(let pointer, let reason): "'\(pointer)': \(reason)"
        case .tooLarge(let reason): "seccomp profile: \(reason)"
        case .unknownArchitecture(let name): "seccomp architecture '\(name)': not known to this libseccomp"
        case .unknownToKernel(let name): "seccomp action '\(name)': not known to the running kernel"
        case .conflict(let name): "seccomp rules for '\(name)': same conditions, different actions"
        case .miscompiled(let name):
            "seccomp rules for '\(name)': libseccomp lets more pass than they say, they overlap in too many ways"
        case .programTooLong(let count): "seccomp profile: \(count) instructions, the kernel takes 4096"
        case .unfinished(let reason): "seccomp profile: libseccomp made no program of it \(reason)"
        case .library(let call, let errno, let subject):
            subject.isEmpty ? "\(call): \(errno)" : "\(call) '\(subject)': \(errno)"
        case .kernel(let error): "seccomp: \(error)"
        }
    }
}
