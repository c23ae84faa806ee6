import CLinux
internal import LinuxTypes

/// `getrandom(2)`: a random number from the kernel's generator.
public func randomNumber() throws(KernelError) -> UInt64 {
    var value: UInt64 = 0
    try checkRetrying("getrandom") { withUnsafeMutablePointer(to: &value) { systemCall(__NR_getrandom, address($0), 8, 0) } }
    return value
}
