import LinuxKernel
import LinuxTypes

/// The name of a rotated file, the kubelet's: `0.log.20261129-100000`, in UTC. Of one log, names sort by age.
struct RotatedName: Hashable, Comparable {
    let name: FileName
    /// When it was rotated; a little later where several were within a second.
    let time: WallTime

    /// nil for what is no rotated file of this log; a compressed one is none either.
    init?(_ name: FileName, of log: FileName) {
        let suffix = name.bytes.dropFirst(log.bytes.count)
        guard name.bytes.starts(with: log.bytes), suffix.count == 16, suffix.first == UInt8(ascii: "."),
            let time = Self.time(Array(suffix.dropFirst())), time.seconds < Self.end
        else { return nil }
        self.name = name
        self.time = time
    }

    /// A name for a file that is full now, later than all that there are: the clock may have been set back, and a second may see several.
    init?(of log: FileName, at now: WallTime, after others: [RotatedName]) {
        let latest = others.max()?.time.seconds ?? Int64.min
        let time = WallTime(seconds: max(now.seconds, latest == Int64.min ? latest : latest + 1), nanoseconds: 0)
        // `2026-11-29T10:00:00` without its separators.
        let digits = time.rfc3339.utf8.prefix(19).filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
        let stamp = digits.map { $0 == UInt8(ascii: "T") ? UInt8(ascii: "-") : $0 }
        guard let name = FileName(Array(log.bytes) + [UInt8(ascii: ".")] + stamp) else { return nil }
        self.name = name
        self.time = time
    }

    /// The first second of year 9999, beyond which there would be no later name.
    private static let end: Int64 = 253_370_764_800

    static func < (a: RotatedName, b: RotatedName) -> Bool { a.time.seconds < b.time.seconds }

    /// `20261129-100000`
    private static func time(_ stamp: [UInt8]) -> WallTime? {
        guard stamp[8] == UInt8(ascii: "-") else { return nil }
        let date = stamp[..<4] + [UInt8(ascii: "-")] + stamp[4..<6] + [UInt8(ascii: "-")] + stamp[6..<8]
        let clock = stamp[9..<11] + [UInt8(ascii: ":")] + stamp[11..<13] + [UInt8(ascii: ":")] + stamp[13...]
        let text = date + [UInt8(ascii: "T")] + clock + [UInt8(ascii: "Z")]
        return text.withUnsafeBytes { WallTime(rfc3339: $0) }
    }

    /// The rotated files of a log in its directory, oldest first.
    static func all(of log: FileName, in directory: FileDescriptor) throws(KernelError) -> [RotatedName] {
        var found: [RotatedName] = []
        var names = try DirectoryStream(directory, bufferSize: 4096)
        while let (name, _) = try names.next() {
            if let rotated = RotatedName(name, of: log) { found.append(rotated) }
        }
        return found.sorted()
    }
}
