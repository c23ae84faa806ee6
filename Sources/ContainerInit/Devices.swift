import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// Device nodes, then links. Order: after the mounts, of which `/dev` is usually one.
    static func makeDevices(_ setup: inout Setup) throws(InitFailure) {
        guard let plan = setup.plan.root else { return }
        // The plan's modes are final: the mask would take bits away.
        let mask = setFileCreationMask(0)
        for (index, device) in plan.devices.enumerated() {
            try during(.device, index) { () throws(KernelError) in
                if device.bindsFromHost { try bindDevice(device, setup) } else { try makeDevice(device, setup) }
            }
        }
        for (index, link) in plan.links.enumerated() {
            try during(.link, index) { () throws(KernelError) in try makeLink(link, setup) }
        }
        setFileCreationMask(mask)
    }

    private static func makeDevice(_ device: DevicePlan, _ setup: borrowing Setup) throws(KernelError) {
        let parent = try setup.root.parent(of: device.path)
        let directory = parent.directory.descriptor
        do throws(KernelError) {
            try directory.makeNode(parent.name, type: device.type, permissions: device.permissions, device: device.device)
        } catch let error where error.errno == .EEXIST {
            return try proveExisting(device, try directory.status(of: parent.name))
        }
        if device.uid != 0 || device.gid != 0 {
            try directory.changeOwner(of: parent.name, uid: device.uid, gid: device.gid)
        }
    }

    /// What stands there already must be that very device: never a link, never a regular file that would catch what is written to it.
    private static func proveExisting(_ device: DevicePlan, _ status: FileStatus) throws(KernelError) {
        let sameNumber = device.type == .fifo || status.deviceNumber == device.device
        guard status.type == device.type, sameNumber else {
            throw KernelError(call: "mknodat", errno: .EEXIST, subject: device.path.string)
        }
    }

    private static func bindDevice(_ device: DevicePlan, _ setup: borrowing Setup) throws(KernelError) {
        let mount = try DetachedMount.cloning(.workingDirectory, device.path.string)
        try proveExisting(device, try mount.descriptor.status())
        let target = try setup.root.makeFile(device.path)
        try mount.attach(to: target.descriptor, subject: device.path.string)
    }

    private static func makeLink(_ link: LinkPlan, _ setup: borrowing Setup) throws(KernelError) {
        let parent = try setup.root.parent(of: link.path)
        do throws(KernelError) {
            try parent.directory.descriptor.makeSymbolicLink(parent.name, to: link.target)
        } catch let error where error.errno == .EEXIST {
            // The image brings its own: it is inside the root like everything else.
        }
    }
}
