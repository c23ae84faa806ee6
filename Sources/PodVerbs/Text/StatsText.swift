public import CommandSupport
public import PodSandbox
import StrictTree

/// What pods use, as a table or as JSON.
public enum StatsText {
    public static func table(_ samples: [PodFigures], containers: Bool, in style: TextStyle = .plain) -> String {
        var table = Table(
            ["POD"] + (containers ? ["CONTAINER"] : []) + [
                "CPU%", "MEMORY", "LIMIT", "PIDS", "RECEIVED", "SENT", "READ", "WRITTEN", "PRESSURE CPU/MEM/DISK",
            ], keeping: [0])
        for sample in samples {
            let pressure = [sample.processorPressure, sample.memoryPressure, sample.diskPressure]
            table.add(
                [sample.pod + (sample.isFrozen ? " (frozen)" : "")] + (containers ? [sample.container ?? "-"] : []) + [
                    percent(sample.load.map { $0 / 100_000 }), bytes(sample.workingSet ?? sample.memory),
                    bytes(sample.memoryLimit), sample.processes.map { "\($0)" } ?? "-", bytes(sample.received),
                    bytes(sample.sent), bytes(sample.readBytes), bytes(sample.writtenBytes),
                    pressure.allSatisfy { $0 == nil } ? "-" : pressure.map(percent).joined(separator: "/"),
                ], moods: sample.isFrozen ? [0: .busy] : [:])
        }
        return table.text(in: style)
    }

    /// Of hundredths.
    private static func percent(_ hundredths: UInt64?) -> String {
        guard let hundredths else { return "-" }
        let tenths = (hundredths + 5) / 10
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// As `12.3MiB`.
    public static func bytes(_ count: UInt64?) -> String {
        guard let count else { return "-" }
        if count < 1024 { return "\(count)B" }
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var unit = 0
        var tenths = count / 1024 * 10 + count % 1024 * 10 / 1024
        while tenths >= 10240, unit < units.count - 1 {
            tenths /= 1024
            unit += 1
        }
        return "\(tenths / 10).\(tenths % 10)\(units[unit])"
    }

    /// One JSON array on a line.
    public static func json(_ samples: [PodFigures]) -> [UInt8] {
        var json = JSONWriter()
        json.array { json in
            for sample in samples {
                json.object { json in
                    json.member("pod", sample.pod)
                    json.member("container", sample.container)
                    json.member("frozen", sample.isFrozen)
                    write(sample, &json)
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private static func write(_ sample: PodFigures, _ json: inout JSONWriter) {
        json.member("cpuNanoseconds", sample.processorTime)
        json.member("cpuNanosecondsPerSecond", sample.load)
        json.member("cpuThrottled", sample.throttled)
        json.member("memoryBytes", sample.memory)
        json.member("memoryWorkingSetBytes", sample.workingSet)
        json.member("memoryLimitBytes", sample.memoryLimit)
        json.member("processes", sample.processes)
        json.member("receivedBytes", sample.received)
        json.member("sentBytes", sample.sent)
        json.member("readBytes", sample.readBytes)
        json.member("writtenBytes", sample.writtenBytes)
        // Hundredths of a percent: JSON's numbers stay exact.
        json.member("cpuPressure10s", sample.processorPressure)
        json.member("memoryPressure10s", sample.memoryPressure)
        json.member("diskPressure10s", sample.diskPressure)
    }
}
