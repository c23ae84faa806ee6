// The one door to the kernel: every wrapper of this module goes through these functions.

import CLinux
internal import LinuxTypes

/// A raw system call: its result, or the negated error number.
@inline(__always)
func systemCall(
    _ number: Int32, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
) -> Int {
    hull_syscall(Int(number), a, b, c, d, e, f)
}

/// The result, or the error that it stands for.
@inline(__always)
@discardableResult
func check(_ call: String, _ subject: @autoclosure () -> String = "", _ result: Int) throws(KernelError) -> Int {
    if result < 0 {
        throw KernelError(call: call, errno: Errno(rawValue: Int32(truncatingIfNeeded: -result)), subject: subject())
    }
    return result
}

/// As `check`, for calls that a signal may interrupt and that are then simply made again.
@inline(__always)
@discardableResult
func checkRetrying(
    _ call: String, _ subject: @autoclosure () -> String = "", _ body: () -> Int
) throws(KernelError) -> Int {
    while true {
        let result = body()
        if result == -Int(Errno.EINTR.rawValue) { continue }
        return try check(call, subject(), result)
    }
}

/// A pointer as a system call argument.
@inline(__always)
func address(_ pointer: UnsafeRawPointer?) -> Int { Int(bitPattern: pointer) }
