import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// Order: before the user changes, since making a missing directory and entering one that only root may are root's to do.
    static func enterWorkingDirectory(_ setup: inout Setup) throws(InitFailure) {
        let path = setup.plan.process.workingDirectory
        try during(.workingDirectory) { () throws(KernelError) in
            let makes = setup.plan.process.makesWorkingDirectory
            let directory =
                makes ? try setup.root.makeDirectories(path) : try setup.root.open(path, [.pathOnly, .directory])
            try directory.descriptor.makeWorkingDirectory(subject: path.string)
            // The root library lets no path out, and this proves it again with the kernel's own answer (CVE-2024-21626).
            let actual = try workingDirectoryPath()
            guard actual.utf8.first == UInt8(ascii: "/") else {
                throw KernelError(call: "getcwd", errno: .ENOENT, subject: "\(path) is outside the container's root: \(actual)")
            }
        }
    }

    /// The container's user with the effective capabilities that its program will have, and the permitted ones that the rest of the sequence
    /// still needs.
    static func becomeUser(_ setup: inout Setup) throws(InitFailure) {
        let process = setup.plan.process
        setFileCreationMask(process.fileCreationMask)
        try during(.capabilities) { () throws(KernelError) in
            // Order: while CAP_SETPCAP is still effective.
            try limitBoundingSet(to: process.capabilities.bounding)
        }
        if let groups = process.groups {
            try during(.groups) { () throws(KernelError) in try setSupplementaryGroups(groups) }
        }
        try during(.user) { () throws(KernelError) in
            try setKeepCapabilities(true)
            try setGroup(process.gid)
            try setUser(process.uid)
            try setKeepCapabilities(false)
        }
        try during(.capabilities) { () throws(KernelError) in
            let permitted = try permittedCapabilities()
            try setCapabilities(
                effective: process.capabilities.effective.intersection(permitted), permitted: permitted, inheritable: [])
        }
    }

    /// Takes every capability that is still permitted into effect, for the last steps that need some.
    static func raisePermittedCapabilities() throws(KernelError) {
        let permitted = try permittedCapabilities()
        try setCapabilities(effective: permitted, permitted: permitted, inheritable: [])
    }

    /// The final sets. Ambient ones can only be raised out of permitted and inheritable, so they come last.
    static func install(_ sets: CapabilitySets) throws(KernelError) {
        try setCapabilities(effective: sets.effective, permitted: sets.permitted, inheritable: sets.inheritable)
        try clearAmbientCapabilities()
        for number in sets.ambient.numbers { try raiseAmbientCapability(number) }
    }

    /// Order: after the last file was opened and the last byte allocated that a small limit could forbid.
    static func setLimits(_ setup: inout Setup) throws(InitFailure) {
        let process = setup.plan.process
        guard !process.limits.isEmpty || process.personality != nil || process.seccomp != nil else { return }
        try during(.limits) { () throws(KernelError) in try raisePermittedCapabilities() }
        for (index, limit) in process.limits.enumerated() {
            try during(.limits, index) { () throws(KernelError) in
                try setResourceLimit(limit.kind, soft: limit.soft, hard: limit.hard)
            }
        }
        if let personality = process.personality {
            try during(.personality) { () throws(KernelError) in try setPersonality(personality) }
        }
    }
}
