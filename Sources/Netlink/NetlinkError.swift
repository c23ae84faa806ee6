public import LinuxKernel
public import LinuxTypes

/// Why a conversation with the kernel over netlink did not bring what was asked for.
public enum NetlinkError: Error, Hashable, Sendable {
    /// A system call on the socket failed.
    case kernel(KernelError)
    /// The kernel refused a request: what was asked, why, and the kernel's own words (extended acknowledgement) where it had any.
    case refused(request: String, errno: Errno, reason: String?)
    /// What came is not what netlink defines.
    case malformed(request: String, what: String)
    /// A request does not fit: an attribute has at most 65,535 bytes with its header.
    case tooLong(request: String)
}

extension NetlinkError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .kernel(let error): "\(error)"
        case .refused(let request, let errno, nil): "cannot \(request): \(errno)"
        case .refused(let request, let errno, .some(let reason)): "cannot \(request): \(errno) (\(reason))"
        case .malformed(let request, let what): "cannot \(request): the kernel's answer is broken: \(what)"
        case .tooLong(let request): "cannot \(request): the request is longer than netlink allows"
        }
    }

    /// What the kernel said, whichever call it was; nil where it said nothing.
    public var errno: Errno? {
        switch self {
        case .kernel(let error): error.errno
        case .refused(_, let errno, _): errno
        case .malformed, .tooLong: nil
        }
    }
}

/// Runs a call of the kernel and gives its error this module's type.
@inline(__always)
func kernel<Result: ~Copyable>(_ body: () throws(KernelError) -> Result) throws(NetlinkError) -> Result {
    do throws(KernelError) { return try body() } catch { throw .kernel(error) }
}
