/// Numbers of bytes for people.
public enum ByteCount {
    /// Three digits and a decimal unit, as Docker and podman print sizes: `4.27 MB`.
    public static func text(_ bytes: UInt64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        var scale: UInt64 = 1
        var unit = 0
        while unit + 1 < units.count, bytes / scale >= 1000 {
            scale *= 1000
            unit += 1
        }
        if unit == 0 { return "\(bytes) B" }
        let whole = bytes / scale
        // Without floating point: as many digits behind the point as make three.
        let digits = whole >= 100 ? 0 : whole >= 10 ? 1 : 2
        var step = scale
        for _ in 0..<digits { step /= 10 }
        let parts = bytes / step
        var divisor: UInt64 = 1
        for _ in 0..<digits { divisor *= 10 }
        if digits == 0 { return "\(whole) \(units[unit])" }
        let fraction = String(parts % divisor)
        return "\(whole).\(String(repeating: "0", count: digits - fraction.utf8.count))\(fraction) \(units[unit])"
    }
}
