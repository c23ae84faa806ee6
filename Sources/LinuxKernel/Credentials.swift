import CCap
import CLinux
public import LinuxTypes

/// The number of a capability by its name, `CAP_SYS_ADMIN` or `sys_admin` in any case, as libcap reads it; nil for one it does not know.
public func capabilityNumber(named name: String) -> Int32? {
    var value: cap_value_t = 0
    return cap_from_name(name.lowercased(), &value) == 0 ? value : nil
}

/// The name of a capability in upper case, as `CAP_SYS_ADMIN`, from libcap; its number where libcap has no name.
public func capabilityName(_ number: Int32) -> String {
    guard let text = cap_to_name(number) else { return "\(number)" }
    defer { cap_free(text) }
    return String(cString: text).uppercased()
}

/// The capabilities that the running kernel knows, and those of them in the caller's bounding set: one question each, `PR_CAPBSET_READ`.
public func surveyCapabilities() -> (known: CapabilitySet, bounding: CapabilitySet) {
    var known: CapabilitySet = []
    var bounding: CapabilitySet = []
    for number in Int32(0)..<64 {
        let answer = systemCall(__NR_prctl, 23, Int(number))
        if answer < 0 { break }
        known.insert(CapabilitySet(number: number))
        if answer == 1 { bounding.insert(CapabilitySet(number: number)) }
    }
    return (known, bounding)
}

/// The caller's permitted set, `capget(2)`.
public func permittedCapabilities() throws(KernelError) -> CapabilitySet { try ownCapabilities().permitted }

/// The caller's three sets, `capget(2)`.
func ownCapabilities() throws(KernelError) -> (
    effective: CapabilitySet, permitted: CapabilitySet, inheritable: CapabilitySet
) {
    var header = __user_cap_header_struct(version: capabilityVersion3, pid: 0)
    var halves = (__user_cap_data_struct(), __user_cap_data_struct())
    try check("capget", "", systemCall(__NR_capget, address(&header), address(&halves)))
    func whole(_ low: UInt32, _ high: UInt32) -> CapabilitySet { CapabilitySet(rawValue: UInt64(low) | UInt64(high) << 32) }
    return (
        whole(halves.0.effective, halves.1.effective), whole(halves.0.permitted, halves.1.permitted),
        whole(halves.0.inheritable, halves.1.inheritable)
    )
}

/// `capset(2)` on the caller.
public func setCapabilities(
    effective: CapabilitySet, permitted: CapabilitySet, inheritable: CapabilitySet
) throws(KernelError) {
    func half(_ shift: UInt64) -> __user_cap_data_struct {
        __user_cap_data_struct(
            effective: UInt32(truncatingIfNeeded: effective.rawValue >> shift),
            permitted: UInt32(truncatingIfNeeded: permitted.rawValue >> shift),
            inheritable: UInt32(truncatingIfNeeded: inheritable.rawValue >> shift))
    }
    var header = __user_cap_header_struct(version: capabilityVersion3, pid: 0)
    var halves = (half(0), half(32))
    let result = systemCall(__NR_capset, address(&header), address(&halves))
    try check("capset", "permitted 0x" + String(permitted.rawValue, radix: 16), result)
}

/// Drops every capability that is not in `set` from the caller's bounding set, `PR_CAPBSET_DROP`. That needs `CAP_SETPCAP`, unless there is nothing to
/// drop.
public func limitBoundingSet(to set: CapabilitySet) throws(KernelError) {
    for number in Int32(0)..<64 where !set.contains(CapabilitySet(number: number)) {
        // Not asked before whether it is there: dropping what is gone does no harm, and asking costs as much.
        let answer = systemCall(__NR_prctl, 24, Int(number), 0, 0, 0)
        // The kernel knows none from here on.
        if answer == -Int(Errno.EINVAL.rawValue) { return }
        if answer == -Int(Errno.EPERM.rawValue) {
            // Without the power nothing need be there, nor known: that is asked last.
            let isThere = systemCall(__NR_prctl, 23, Int(number))
            if isThere < 0 { return }
            if isThere == 0 { continue }
        }
        try check("prctl", "PR_CAPBSET_DROP \(number)", answer)
    }
}

/// `PR_CAP_AMBIENT_RAISE`: the capability must be permitted and inheritable.
public func raiseAmbientCapability(_ number: Int32) throws(KernelError) {
    try prctl(47, "PR_CAP_AMBIENT_RAISE \(number)", 2, Int(number))
}

/// `PR_CAP_AMBIENT_CLEAR_ALL`.
public func clearAmbientCapabilities() throws(KernelError) { try prctl(47, "PR_CAP_AMBIENT_CLEAR_ALL", 4) }

/// `PR_SET_KEEPCAPS`: whether the permitted set outlives a change from uid 0 to another. Cleared by execve.
public func setKeepCapabilities(_ on: Bool) throws(KernelError) { try prctl(8, "PR_SET_KEEPCAPS", on ? 1 : 0) }

/// `setgroups(2)`.
public func setSupplementaryGroups(_ groups: [UInt32]) throws(KernelError) {
    let result = groups.withUnsafeBufferPointer { systemCall(__NR_setgroups, $0.count, address($0.baseAddress)) }
    try check("setgroups", "\(groups)", result)
}

/// `getgroups(2)`.
public func supplementaryGroups() throws(KernelError) -> [UInt32] {
    let count = try check("getgroups", "", systemCall(__NR_getgroups, 0, 0))
    var groups = [UInt32](repeating: 0, count: count)
    let result = groups.withUnsafeMutableBufferPointer { systemCall(__NR_getgroups, $0.count, address($0.baseAddress)) }
    return Array(groups.prefix(try check("getgroups", "", result)))
}

/// `setresgid(2)` of all three ids.
public func setGroup(_ gid: UInt32) throws(KernelError) {
    try check("setresgid", "\(gid)", systemCall(__NR_setresgid, Int(gid), Int(gid), Int(gid)))
}

/// Makes the real group the effective one again, after `CloneRequest.isUndumpable`.
public func restoreRealGroup() throws(KernelError) {
    let effective = systemCall(__NR_getegid)
    try check("setresgid", "\(effective)", systemCall(__NR_setresgid, effective, -1, -1))
}

/// `setresuid(2)` of all three ids.
public func setUser(_ uid: UInt32) throws(KernelError) {
    try check("setresuid", "\(uid)", systemCall(__NR_setresuid, Int(uid), Int(uid), Int(uid)))
}

/// `_LINUX_CAPABILITY_VERSION_3`.
private let capabilityVersion3: UInt32 = 0x2008_0522
