internal import LinuxTypes
internal import OCISpec

extension PlanBuilder {
    /// `linux.resources.rdma` → `rdma.max`, the same file on both versions; a device is a write.
    mutating func addRDMA(_ devices: OrderedMap<Resources.Rdma>) throws(CgroupError) {
        for device in devices.entries {
            let pointer = Self.pointer("rdma/" + device.key)
            guard Self.isWord(device.key) else {
                throw .refused(pointer: pointer, reason: "is no name of a device")
            }
            var words = [device.key]
            if let handles = device.value.hcaHandles { words.append("hca_handle=\(handles)") }
            if let objects = device.value.hcaObjects { words.append("hca_object=\(objects)") }
            try add([.init("rdma.max", words.joined(by: " "), pointer: pointer)], to: .rdma, pointer: pointer)
        }
    }
}
