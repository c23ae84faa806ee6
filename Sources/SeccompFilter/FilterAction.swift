public import OCISpec

/// What the kernel does with a system call, `SECCOMP_RET_*`. Notify will be one more case.
public enum FilterAction: Hashable, Sendable {
    case killProcess
    case killThread
    case trap
    /// The call returns this error; 0 makes it succeed without being made.
    case errno(UInt16)
    /// A tracer is asked, and given this number.
    case trace(UInt16)
    case log
    case allow

    /// The value that a filter returns, `seccomp(2)`.
    public var kernelValue: UInt32 {
        switch self {
        case .killProcess: 0x8000_0000
        case .killThread: 0
        case .trap: 0x0003_0000
        case .errno(let number): 0x0005_0000 | UInt32(number)
        case .trace(let number): 0x7ff0_0000 | UInt32(number)
        case .log: 0x7ffc_0000
        case .allow: 0x7fff_0000
        }
    }

    /// The kind without errno and trace number, as `SECCOMP_GET_ACTION_AVAIL` wants it.
    var kernelKind: UInt32 { kernelValue & 0xffff_0000 }

    /// The specification's name.
    public var specAction: SeccompAction {
        switch self {
        case .killProcess: .killProcess
        case .killThread: .killThread
        case .trap: .trap
        case .errno: .errno
        case .trace: .trace
        case .log: .log
        case .allow: .allow
        }
    }

    /// The number that goes with errno and trace, `errnoRet`.
    public var specErrno: UInt32? {
        switch self {
        case .errno(let number), .trace(let number): UInt32(number)
        default: nil
        }
    }
}
