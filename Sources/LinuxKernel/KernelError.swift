public import LinuxTypes

/// A system call that failed: what was called, why it failed, and on what.
public struct KernelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call's name in the manual, as `openat2`.
    public let call: String
    public let errno: Errno
    /// What it was called on, for a person: a path, an option, a pid. Empty where the call has no object.
    public let subject: String

    public init(call: String, errno: Errno, subject: String) {
        self.call = call
        self.errno = errno
        self.subject = subject
    }

    /// `openat2 '/etc/passwd': no such file or directory`
    public var description: String {
        subject.isEmpty ? "\(call): \(errno)" : "\(call) '\(subject)': \(errno)"
    }
}
