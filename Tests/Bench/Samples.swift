import LinuxKernel

/// Wall times and uses of one kind of measurement.
struct Samples {
    private(set) var milliseconds: [Double] = []
    private(set) var uses: [ResourceUse] = []

    mutating func append(_ sample: Measurement) {
        milliseconds.append(Double(sample.nanoseconds) / 1_000_000)
        uses += sample.uses
    }

    var median: Double { milliseconds.percentile(0.5) }
    var p99: Double { milliseconds.percentile(0.99) }
    /// Milliseconds of one measurement, which may be several processes.
    var userMean: Double { uses.reduce(0) { $0 + Double($1.userMicroseconds) } / 1000 / Double(max(milliseconds.count, 1)) }
    var systemMean: Double { uses.reduce(0) { $0 + Double($1.systemMicroseconds) } / 1000 / Double(max(milliseconds.count, 1)) }
    var faultsMean: Double { uses.reduce(0) { $0 + Double($1.minorFaults) } / Double(max(milliseconds.count, 1)) }
}

/// One measurement: the sum of the wall times of its processes, and what each used.
struct Measurement {
    var nanoseconds: Int64 = 0
    var uses: [ResourceUse] = []

    static func += (sum: inout Measurement, part: Measurement) {
        sum.nanoseconds += part.nanoseconds
        sum.uses += part.uses
    }
}

extension [Double] {
    /// The nearest rank; of an even count's median the mean of the middle two. 0 for none.
    func percentile(_ part: Double) -> Double {
        guard !isEmpty else { return 0 }
        let ordered = sorted()
        if part == 0.5, count % 2 == 0 { return (ordered[count / 2 - 1] + ordered[count / 2]) / 2 }
        return ordered[Swift.min(count - 1, Int(Double(count) * part))]
    }
}

extension Double {
    /// With so many digits behind the point, without libc's printf.
    func text(_ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((self * scale).rounded())
        if digits == 0 { return "\(scaled)" }
        let fraction = String(abs(scaled) % Int64(scale))
        let sign = scaled < 0 ? "-" : ""
        return sign + "\(abs(scaled) / Int64(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
