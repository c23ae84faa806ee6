import CLinux
import LinuxTypes

/// Makes files as another user, on the calling thread: `setfsuid(2)`, `setfsgid(2)`. What the caller may do stays as it is: the kernel takes the capabilities
/// about files from the effective set of whoever is no longer 0 here, so they are put back.
///
/// On an id-mapped mount nobody makes files whose id the mount does not map (`EOVERFLOW`), also not the machine's root.
public func makingFiles<Result>(
    as user: UInt32, _ body: () throws(KernelError) -> Result
) throws(KernelError) -> Result {
    let sets = try ownCapabilities()
    // They return what was before, and no error.
    let (oldUser, oldGroup) = (systemCall(__NR_setfsuid, -1), systemCall(__NR_setfsgid, -1))
    func become(_ uid: Int, _ gid: Int) throws(KernelError) {
        _ = systemCall(__NR_setfsgid, gid)
        _ = systemCall(__NR_setfsuid, uid)
        guard systemCall(__NR_setfsuid, -1) == uid, systemCall(__NR_setfsgid, -1) == gid else {
            throw KernelError(call: "setfsuid", errno: .EPERM, subject: "\(uid)")
        }
        try setCapabilities(effective: sets.effective, permitted: sets.permitted, inheritable: sets.inheritable)
    }
    var outcome: Swift.Result<Result, KernelError>
    do throws(KernelError) {
        try become(Int(user), Int(user))
        outcome = .success(try body())
    } catch { outcome = .failure(error) }
    try become(oldUser, oldGroup)
    return try outcome.get()
}
