internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// What can be learned of a cgroup in which the kernel killed for want of memory, while it is there.
struct MemoryEvidence {
    /// The file that counts the kills: `memory.events`, or version 1's `memory.oom_control`.
    private let directory: String
    private let isFirstVersion: Bool
    private let kills: UInt64

    /// nil where the kernel has killed nothing, or nobody counts.
    init?(_ events: String) {
        guard let slash = events.lastIndex(of: "/"), let kills = Self.count(in: events), kills > 0 else { return nil }
        directory = String(events[..<slash])
        isFirstVersion = events.hasSuffix("memory.oom_control")
        self.kills = kills
    }

    private static func count(in file: String) -> UInt64? {
        do throws(KernelError) {
            for line in try readText(file, limit: 4096).split(separator: "\n") where line.hasPrefix("oom_kill ") {
                return UInt64(line.dropFirst(9))
            }
        } catch {
            // No controller counts, or the cgroup is gone.
        }
        return nil
    }

    var kill: MemoryKill {
        var kill = MemoryKill(
            kills: kills, limit: number(isFirstVersion ? "memory.limit_in_bytes" : "memory.max"),
            peak: number(isFirstVersion ? "memory.max_usage_in_bytes" : "memory.peak"))
        if let victim = Self.victim(ofCgroup: directory) { (kill.process, kill.pid) = (victim.name, victim.pid) }
        return kill
    }

    /// nil where nobody says, as `memory.peak` before Linux 5.19, and for no limit.
    private func number(_ name: String) -> UInt64? {
        do throws(KernelError) {
            let number = UInt64(try readText(directory + "/" + name, limit: 64))
            // Version 1 writes the highest number of pages for no limit.
            return number.flatMap { $0 < 1 << 62 ? $0 : nil }
        } catch { return nil }
    }

    /// The last process that the kernel's own log names: `oom-kill:…,task_memcg=CGROUP,task=NAME,pid=N,uid=N`. Reading it waits for nothing, and takes nothing
    /// from other readers. nil where the log cannot be read, or has lost the line.
    private static func victim(ofCgroup directory: String) -> (name: String, pid: Int32)? {
        var victim: (name: String, pid: Int32)?
        do throws(KernelError) {
            let log = try FileDescriptor.workingDirectory.open("/dev/kmsg", [.readOnly, .nonblocking])
            for _ in 0..<100_000 {
                let record: [UInt8]
                do throws(KernelError) { record = try log.descriptor.readSome(8192) } catch {
                    // EPIPE: what was next is overwritten; reading goes on with what is left.
                    if error.errno == .EPIPE { continue }
                    throw error
                }
                if let found = Self.victim(in: String(decoding: record, as: UTF8.self), directory) { victim = found }
            }
        } catch {
            // EAGAIN is the end; where nobody may read it, nobody is named.
        }
        return victim
    }

    private static func victim(in record: String, _ directory: String) -> (name: String, pid: Int32)? {
        guard record.contains("oom-kill:") else { return nil }
        var (group, name, pid) = ("", "", Int32?.none)
        for part in record.split(separator: "\n")[0].split(separator: ",") {
            // The first counts: a process chooses its name, which comes behind it.
            if group.isEmpty, part.hasPrefix("task_memcg=") { group = String(part.dropFirst(11)) }
            if part.hasPrefix("task=") { name = String(part.dropFirst(5)) }
            if part.hasPrefix("pid=") { pid = Int32(part.dropFirst(4)) }
        }
        guard !group.isEmpty, group != "/", directory.hasSuffix(group), let pid else { return nil }
        return (name, pid)
    }
}
