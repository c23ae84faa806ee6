// Reading and writing the files of one cgroup, below its directory's descriptor.

internal import LinuxKernel
internal import LinuxTypes

extension FileDescriptor {
    /// A short file of this cgroup without the newline at its end.
    func readSetting(_ name: String) throws(KernelError) -> String {
        let file = try open(name, .readOnly)
        var bytes = try file.descriptor.readFromStart(limit: 4096, subject: name)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// As `readSetting`; nil where the kernel has no such file or the cgroup is gone.
    func readSettingIfPresent(_ name: String) throws(KernelError) -> String? {
        do throws(KernelError) { return try readSetting(name) } catch let error where error.isGone { return nil }
    }

    func writeSetting(_ name: String, _ value: String) throws(KernelError) {
        let file = try open(name, .writeOnly)
        try file.descriptor.writeOnce(value, subject: name)
    }

    /// As `writeSetting`; false where the kernel has no such file or the cgroup is gone.
    func writeSettingIfPresent(_ name: String, _ value: String) throws(KernelError) -> Bool {
        do throws(KernelError) {
            try writeSetting(name, value)
            return true
        } catch let error where error.isGone {
            return false
        }
    }

    /// The pids in this cgroup alone. Processes of PID namespaces that the caller cannot see read 0 and are left out.
    func processesHere() throws(KernelError) -> [Int32] {
        do throws(KernelError) {
            let file = try open("cgroup.procs", .readOnly)
            let bytes = try file.descriptor.readToEnd(limit: 1 << 26, subject: "cgroup.procs")
            return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
                let pid = line.reduce(0) { $0 &* 10 &+ Int32($1 &- 0x30) }
                return pid > 0 ? pid : nil
            }
        } catch let error where error.isGone || error.errno == .ENOTSUP {
            // ENOTSUP: a threaded cgroup; its processes are listed by the domain above.
            return []
        }
    }

    /// The names of the cgroups right below this one. `self` is a handle from `O_PATH`, hence opened anew for reading.
    func cgroupsBelow() throws(KernelError) -> [String] {
        // kernfs counts directories in the link count: two more than there are.
        guard try status().links > 2 else { return [] }
        let directory = try open(".", [.readOnly, .directory])
        var names: [String] = []
        for name in try directory.descriptor.directoryEntries() {
            do throws(KernelError) {
                if try status(of: name).type == .directory { names.append(name) }
            } catch let error where error.isGone {
                continue
            }
        }
        return names
    }

    /// A value of a file of `KEY VALUE` lines.
    func readKey(_ key: String, in name: String) throws(KernelError) -> UInt64? {
        guard let text = try readSettingIfPresent(name) else { return nil }
        return Self.value(of: key, in: text)
    }

    static func value(of key: String, in text: String) -> UInt64? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == key { return UInt64(words[1]) }
        }
        return nil
    }
}

extension KernelError {
    /// The cgroup or the file is not there, or was removed while it was open.
    var isGone: Bool { errno == .ENOENT || errno == .ENODEV }
}

/// Runs kernel calls and says what they were for where one fails.
func naming<Value: ~Copyable>(
    _ what: @autoclosure () -> String, _ body: () throws(KernelError) -> Value
) throws(CgroupError) -> Value {
    do throws(KernelError) { return try body() } catch { throw .kernel(error, doing: what()) }
}
