import LinuxKernel

/// The smallest memory limit with which a container starts under each runtime, in bytes; nil where none of the limits tried was enough.
struct MemoryFloor {
    /// What had to be read from the disk and was charged to the container.
    enum Condition: String, CaseIterable {
        case warm = "init and program in the page cache"
        case coldInit = "runtime's programs cold, container's program in the page cache"
    }

    let condition: Condition
    var bytes: [String: Int64?] = [:]

    /// Descending: the search stops at the first limit that is too small. KiB.
    static let limits: [Int64] = [16384, 8192, 6144, 4096, 3072, 2048, 1536, 1024, 768, 640, 512, 448, 384, 320, 256, 192, 128]
    /// All must succeed.
    static let attempts = 5
    /// The target of issue 2 in bytes: v1 and v2 charge differently.
    static var target: Int64 { isVersion1 ? 512 << 10 : 1 << 20 }
    static var isVersion1: Bool {
        do throws(KernelError) { return try FileDescriptor.fileSystemType(ofPath: "/sys/fs/cgroup/memory") == .cgroup1 } catch {
            return false
        }
    }

    static func measure(_ options: Options, _ runtimes: [RuntimeUnderTest], _ stage: inout Stage) throws -> [MemoryFloor] {
        var floors: [MemoryFloor] = []
        for condition in Condition.allCases {
            report("smallest memory limit, \(condition.rawValue) …\n")
            var floor = MemoryFloor(condition: condition)
            for runtime in runtimes where condition == .warm || runtime.name == "hull" {
                floor.bytes[runtime.name] = try smallest(condition, options, runtime, &stage)
            }
            floors.append(floor)
        }
        return floors
    }

    private static func smallest(
        _ condition: Condition, _ options: Options, _ runtime: RuntimeUnderTest, _ stage: inout Stage
    ) throws -> Int64? {
        var enough: Int64?
        for limit in limits {
            let bundle = try BenchBundle(kind: .plain, rootfs: options.rootfs, memoryLimit: limit << 10)
                .write(to: "\(options.work)/memory")
            for _ in 0..<attempts {
                // Read in by a container whose limit does not count.
                let roomy = try BenchBundle(kind: .plain, rootfs: options.rootfs).write(to: "\(options.work)/roomy")
                _ = try stage.measure(runtime.run(stage.newID(), roomy))
                if condition == .coldInit { try dropPrograms(beside: runtime.program) }
                let id = stage.newID()
                let (_, code) = try stage.attempt(runtime.run(id, bundle))
                guard code == 0 else {
                    // A runtime that failed may leave its container; an unknown one is no error of ours.
                    _ = try stage.attempt(runtime.deleteForced(id))
                    return enough
                }
            }
            enough = limit << 10
        }
        return enough
    }

    private static func dropPrograms(beside program: String) throws(KernelError) {
        guard let slash = program.lastIndex(of: "/") else { return }
        let file = try FileDescriptor.workingDirectory.open(program[..<slash] + "/hull-init", .readOnly)
        try file.descriptor.dropFromCache()
    }
}
