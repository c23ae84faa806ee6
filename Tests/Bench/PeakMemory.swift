import LinuxKernel
import LinuxTypes

/// The peak of a runtime's own resident memory, `VmHWM` of /proc/PID/status, while it runs a container in the foreground and while it
/// executes a program in it. Not from `wait4`, which counts what its spawner had before the execve.
struct PeakMemory {
    let what: String
    /// KiB by runtime.
    var kibibytes: [String: Int] = [:]

    static func measure(_ options: Options, _ runtimes: [RuntimeUnderTest], _ stage: inout Stage) throws -> [PeakMemory] {
        var peaks: [PeakMemory] = []
        for kind in options.bundles {
            report("peak memory, \(kind.rawValue) …\n")
            var run = PeakMemory(what: "run, \(kind.rawValue)")
            var exec = PeakMemory(what: "exec, \(kind.rawValue)")
            let bundle = try BenchBundle(kind: kind, rootfs: options.rootfs, arguments: ["/bin/sleep", "100000"])
                .write(to: "\(options.work)/peak")
            for runtime in runtimes {
                let id = stage.newID()
                stage.created(id, by: runtime)
                let running = try stage.start(runtime.run(id, bundle))
                run.kibibytes[runtime.name] = try settled(running)
                let executing = try stage.start(runtime.exec(id, ["/bin/sleep", "100000"]))
                exec.kibibytes[runtime.name] = try settled(executing)
                _ = try stage.attempt(runtime.deleteForced(id))
                _ = try waitForChild(running)
                _ = try waitForChild(executing)
                stage.deleted(id)
            }
            peaks += [run, exec]
        }
        return peaks
    }

    /// The peak when it has not grown for half a second.
    private static func settled(_ pid: Int32) throws -> Int {
        var last = 0
        var unchanged = 0
        while unchanged < 10 {
            pause(milliseconds: 50)
            let status = try readText("/proc/\(pid)/status")
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            let words = line?.split { $0 == " " || $0 == "\t" } ?? []
            guard words.count > 1, let peak = Int(words[1]) else { throw BenchError("process \(pid) ended too early") }
            unchanged = peak == last ? unchanged + 1 : 0
            last = peak
        }
        return last
    }
}
