import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// Every mount of the plan, in its order: made detached, given its attributes, then attached to a descriptor of its destination that was
    /// resolved inside the root. No path of the container is ever given to the kernel to follow on its own.
    static func mountAll(_ setup: inout Setup) throws(InitFailure) {
        guard let root = setup.plan.root else { return }
        for (index, plan) in root.mounts.enumerated() {
            switch plan.source {
            case .filesystem(let filesystem): try mountNew(filesystem, plan, index, setup)
            case .bind(let bind): try mountBind(bind, plan, index, setup)
            case .existing: try changeExisting(plan, index, setup)
            }
        }
    }

    private static func mountNew(
        _ filesystem: FileSystemPlan, _ plan: MountPlan, _ index: Int, _ setup: borrowing Setup
    ) throws(InitFailure) {
        try during(.mount, index) { () throws(KernelError) in
            let context = try FileSystemContext(filesystem.type)
            try context.set("source", to: filesystem.source)
            for parameter in filesystem.parameters {
                if let equals = parameter.utf8.firstIndex(of: UInt8(ascii: "=")) {
                    let value = parameter[parameter.utf8.index(after: equals)...]
                    try context.set(String(parameter[..<equals]), to: String(value))
                } else {
                    try context.set(parameter)
                }
            }
            if filesystem.inheritsMode || filesystem.copiesUp {
                return try mountTmpfs(context, filesystem, plan, setup)
            }
            let mount = try context.mount(attributes: plan.set)
            // A link in the image's place of the kernel's files would move them, and leave what others read there to the image (CVE-2019-19921).
            let mayBeLink = filesystem.type != "proc" && filesystem.type != "sysfs"
            let target = try setup.root.makeDirectories(plan.destination, followLast: mayBeLink)
            try mount.attach(to: target.descriptor, subject: plan.destination.string)
            try changePropagation(mount.descriptor, plan)
        }
    }

    /// A tmpfs that takes on something of its mount point, where that was there before.
    private static func mountTmpfs(
        _ context: consuming FileSystemContext, _ filesystem: FileSystemPlan, _ plan: MountPlan, _ setup: borrowing Setup
    ) throws(KernelError) {
        let subject = plan.destination.string
        let existing = try setup.root.handle(plan.destination)
        guard let target = existing else {
            let mount = try context.mount(attributes: plan.set)
            let made = try setup.root.makeDirectories(plan.destination)
            try mount.attach(to: made.descriptor, subject: subject)
            return try changePropagation(mount.descriptor, plan)
        }
        if filesystem.inheritsMode {
            try context.set("mode", to: String(try target.descriptor.status().permissions, radix: 8))
        }
        let mount = try context.mount(attributes: filesystem.copiesUp ? plan.set.subtracting(.readOnly) : plan.set)
        if filesystem.copiesUp {
            // Order: before it is attached, so that nobody sees half of it.
            try copyTree(from: target.descriptor, to: mount.descriptor)
            if plan.set.contains(.readOnly) { try mount.setAttributes(set: .readOnly, subject: subject) }
        }
        try mount.attach(to: target.descriptor, subject: subject)
        try changePropagation(mount.descriptor, plan)
    }

    private static func mountBind(
        _ bind: BindPlan, _ plan: MountPlan, _ index: Int, _ setup: borrowing Setup
    ) throws(InitFailure) {
        let sent: FileDescriptor? = if let number = bind.descriptor { try setup.descriptor(number, .mount) } else { nil }
        try during(.mount, index) { () throws(KernelError) in
            let mount: DetachedMount
            if let sent {
                mount = DetachedMount(owning: try sent.duplicate().release())
            } else {
                mount = try DetachedMount.cloning(.workingDirectory, bind.path.string, recursive: bind.isRecursive)
            }
            try changeAttributes(mount.descriptor, plan)
            let isDirectory = try mount.descriptor.status().type == .directory
            let target =
                isDirectory ? try setup.root.makeDirectories(plan.destination) : try setup.root.makeFile(plan.destination)
            try mount.attach(to: target.descriptor, subject: plan.destination.string)
            try changePropagation(mount.descriptor, plan)
        }
    }

    private static func changeExisting(_ plan: MountPlan, _ index: Int, _ setup: borrowing Setup) throws(InitFailure) {
        try during(.mount, index) { () throws(KernelError) in
            let mount = try setup.root.open(plan.destination, .pathOnly)
            try changeAttributes(mount.descriptor, plan)
            try changePropagation(mount.descriptor, plan)
        }
    }

    private static func changeAttributes(_ mount: FileDescriptor, _ plan: MountPlan) throws(KernelError) {
        let subject = plan.destination.string
        if !plan.set.isEmpty || !plan.clear.isEmpty {
            try mount.setMountAttributes(set: plan.set, clear: plan.clear, subject: subject)
        }
        if !plan.setBelow.isEmpty || !plan.clearBelow.isEmpty {
            try mount.setMountAttributes(set: plan.setBelow, clear: plan.clearBelow, recursive: true, subject: subject)
        }
    }

    /// Order: after attaching: a mount takes on its parent's sharing when it is attached.
    private static func changePropagation(_ mount: FileDescriptor, _ plan: MountPlan) throws(KernelError) {
        for change in plan.propagation {
            try mount.setMountAttributes(
                set: [], propagation: change.propagation, recursive: change.isRecursive, subject: plan.destination.string)
        }
    }
}
