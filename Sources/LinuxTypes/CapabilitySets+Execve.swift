extension CapabilitySets {
    /// The sets behind an execve of a program whose file has no capabilities of its own, and that is not set-user-ID: `capabilities(7)`, "Transformation of
    /// capabilities during execve()", for a process without `SECBIT_NOROOT` whose real and effective user is `uid` of its user namespace.
    public func afterExecve(uid: UInt32, noNewPrivileges: Bool) -> CapabilitySets {
        var after = self
        guard uid == 0 else {
            after.permitted = ambient
            after.effective = ambient
            return after
        }
        // Root's programs count as having all, of which the bounding set leaves what it has.
        var gained = inheritable.union(bounding)
        // What nobody may gain is cut down to what was there: `cap_bprm_creds_from_file`.
        if noNewPrivileges, !permitted.isSuperset(of: gained) { gained.formIntersection(permitted) }
        after.permitted = gained.union(ambient)
        after.effective = after.permitted
        return after
    }
}
