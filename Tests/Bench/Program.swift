import LinuxKernel
import LinuxTypes

/// `hull-bench`: measures Hull against crun and runc. Tools/bench prepares what it needs and runs it.
@main
enum Program {
    static func main() {
        let options: Options
        do throws(BenchError) { options = try Options(CommandLine.arguments.dropFirst()) } catch {
            report("hull-bench: \(error)\n" + Options.usage)
            exitImmediately(2)
        }
        do {
            let result = try measure(options)
            try FileDescriptor.standardOutput.writeAll(result.markdown.utf8)
            if let path = options.markdown { try write(Array(result.markdown.utf8), to: path) }
            if let path = options.json { try write(result.json, to: path) }
            exitImmediately(result.holds ? 0 : 3)
        } catch {
            report("hull-bench: \(error)\n")
            exitImmediately(1)
        }
    }

    private static func measure(_ options: Options) throws -> Report {
        var stage = try Stage()
        defer { stage.clear() }
        let runtimes = try options.runtimes.map { name in
            guard let program = options.programs[name] else {
                throw BenchError("no program for '\(name)': --program \(name)=PATH")
            }
            return RuntimeUnderTest(name: name, program: program, root: "\(options.work)/root-\(name)")
        }
        var result = Report(options: options)
        result.machine = try machine()
        for runtime in runtimes { result.versions[runtime.name] = version(runtime) }
        result.rows = try Comparison(options: options, runtimes: runtimes).run(&stage)
        if !options.skipsSteps { result.steps = try Steps.measure(options, runtimes, &stage) }
        if !options.skipsMemory { result.peaks = try PeakMemory.measure(options, runtimes, &stage) }
        if !options.skipsMemory { result.floors = try MemoryFloor.measure(options, runtimes, &stage) }
        if !options.skipsCrowd { result.crowd = try Crowd.measure(options, runtimes, &stage) }
        return result
    }

    /// Kernel, processors, load: what the figures depend on.
    private static func machine() throws(KernelError) -> String {
        let kernel = try readText("/proc/sys/kernel/osrelease")
        let load = try readText("/proc/loadavg").split(separator: " ").prefix(3).joined(separator: " ")
        let lines = try readText("/proc/cpuinfo").split(separator: "\n")
        let processors = lines.count { $0.hasPrefix("processor") }
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last ?? " unknown"
        return "Linux \(kernel), \(processors) ×\(model), cgroup \(MemoryFloor.isVersion1 ? "v1" : "v2"), load \(load)."
    }

    private static func version(_ runtime: RuntimeUnderTest) -> String {
        do throws(KernelError) {
            let output = try Subprocess(path: runtime.program, arguments: runtime.version, environment: []).run().output
            return output.split(separator: "\n").first.map(String.init) ?? "unknown"
        } catch { return "unknown" }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(KernelError) {
        let file = try FileDescriptor.workingDirectory.open(path, [.writeOnly, .create, .truncate], permissions: 0o644)
        try file.descriptor.writeAll(bytes, subject: path)
    }
}
