internal import LinuxKernel
internal import LinuxTypes

/// What the kernel has counted of a cgroup and all below it. nil is what nobody counts here: the controller is not there, or the kernel too old.
public struct Figures: Hashable, Sendable {
    /// Nanoseconds of all processors together.
    public var processorTime: UInt64?
    /// How often its limit of processor time held it up.
    public var throttled: UInt64?
    /// Bytes.
    public var memory: UInt64?
    /// Bytes without files that can be read again at once.
    public var workingSet: UInt64?
    /// Bytes; nil also where there is no limit.
    public var memoryLimit: UInt64?
    public var processes: UInt64?
    /// Bytes from and to devices.
    public var readBytes: UInt64?
    public var writtenBytes: UInt64?
    /// Hundredths of a percent of the last ten seconds in which some process waited for it: pressure stall information.
    public var processorPressure: UInt64?
    public var memoryPressure: UInt64?
    public var diskPressure: UInt64?

    public init() {}
}

extension Cgroup {
    /// Reads the figures. Takes no lock and wakes nobody.
    public func figures() throws(CgroupError) -> Figures {
        var figures = Figures()
        try naming("read the figures of cgroup '\(location.path ?? "")'") { () throws(KernelError) in
            if let handle = unified?.handle { try Self.readUnified(handle, into: &figures) }
            try readLegacy(into: &figures)
        }
        return figures
    }

    private static func readUnified(_ handle: FileDescriptor, into figures: inout Figures) throws(KernelError) {
        figures.processorTime = try handle.readKey("usage_usec", in: "cpu.stat").map { $0 * 1000 }
        figures.throttled = try handle.readKey("nr_throttled", in: "cpu.stat")
        figures.memory = try number("memory.current", handle)
        if let memory = figures.memory, let inactive = try handle.readKey("inactive_file", in: "memory.stat") {
            figures.workingSet = memory - min(memory, inactive)
        }
        figures.memoryLimit = try number("memory.max", handle)
        figures.processes = try number("pids.current", handle)
        if let text = try handle.readSettingIfPresent("io.stat") {
            figures.readBytes = sum("rbytes=", text)
            figures.writtenBytes = sum("wbytes=", text)
        }
        figures.processorPressure = try pressure("cpu.pressure", handle)
        figures.memoryPressure = try pressure("memory.pressure", handle)
        figures.diskPressure = try pressure("io.pressure", handle)
    }

    private func readLegacy(into figures: inout Figures) throws(KernelError) {
        if let handle = legacy(Controller(rawValue: "cpuacct"))?.handle {
            figures.processorTime = try Self.number("cpuacct.usage", handle)
        }
        if let handle = legacy(.cpu)?.handle { figures.throttled = try handle.readKey("nr_throttled", in: "cpu.stat") }
        if let handle = legacy(.memory)?.handle {
            figures.memory = try Self.number("memory.usage_in_bytes", handle)
            if let memory = figures.memory, let inactive = try handle.readKey("total_inactive_file", in: "memory.stat") {
                figures.workingSet = memory - min(memory, inactive)
            }
            // No limit is the highest number of pages.
            figures.memoryLimit = try Self.number("memory.limit_in_bytes", handle).flatMap { $0 > 1 << 60 ? nil : $0 }
        }
        if let handle = legacy(.pids)?.handle { figures.processes = try Self.number("pids.current", handle) }
        if let handle = legacy(.blkio)?.handle,
            let text = try handle.readSettingIfPresent("blkio.throttle.io_service_bytes_recursive")
        {
            figures.readBytes = Self.sum(lines: "Read", text)
            figures.writtenBytes = Self.sum(lines: "Write", text)
        }
    }

    /// `max` is none.
    private static func number(_ name: String, _ handle: FileDescriptor) throws(KernelError) -> UInt64? {
        try handle.readSettingIfPresent(name).flatMap { UInt64($0) }
    }

    /// Of `DEVICE key=value …` lines.
    private static func sum(_ key: String, _ text: String) -> UInt64 {
        text.split { $0 == " " || $0 == "\n" }.filter { $0.hasPrefix(key) }
            .reduce(0) { $0 &+ (UInt64($1.dropFirst(key.utf8.count)) ?? 0) }
    }

    /// Of `DEVICE WORD value` lines.
    private static func sum(lines word: String, _ text: String) -> UInt64 {
        text.split(separator: "\n").reduce(0) { sum, line in
            let words = line.split(separator: " ")
            return words.count == 3 && words[1] == word ? sum &+ (UInt64(words[2]) ?? 0) : sum
        }
    }

    /// `some avg10=1.23 …`. A kernel that was told to keep no such information refuses to be asked.
    private static func pressure(_ name: String, _ handle: FileDescriptor) throws(KernelError) -> UInt64? {
        let text: String?
        do throws(KernelError) { text = try handle.readSettingIfPresent(name) } catch {
            if error.errno == .ENOTSUP { return nil }
            throw error
        }
        guard let text, let word = text.split(separator: " ").first(where: { $0.hasPrefix("avg10=") }) else { return nil }
        let digits = word.dropFirst("avg10=".utf8.count).split(separator: ".")
        guard digits.count == 2, let whole = UInt64(digits[0]), let part = UInt64(digits[1]) else { return nil }
        return whole * 100 + part
    }
}
