import CLinux

/// Processors on which this process may run, `sched_setaffinity(2)`. Whom it clones has the same.
public struct ProcessorSet: Equatable, Sendable {
    /// Room for the 8192 processors that Linux can have.
    private var words: [UInt]

    /// Those that this process may use now.
    public static func own() throws(KernelError) -> ProcessorSet {
        var words = [UInt](repeating: 0, count: 128)
        let result = words.withUnsafeMutableBytes { systemCall(__NR_sched_getaffinity, 0, $0.count, address($0.baseAddress)) }
        try check("sched_getaffinity", "", result)
        return ProcessorSet(words: words)
    }

    /// All that a machine can have. Who uses them runs on those that its cpuset has.
    public static var all: ProcessorSet { ProcessorSet(words: [UInt](repeating: .max, count: 128)) }

    /// The numbers of its processors, rising.
    public var numbers: [Int] {
        var numbers: [Int] = []
        for (index, word) in words.enumerated() where word != 0 {
            for bit in 0..<UInt.bitWidth where word >> bit & 1 == 1 { numbers.append(index * UInt.bitWidth + bit) }
        }
        return numbers
    }

    /// One of them alone.
    public func only(_ number: Int) -> ProcessorSet {
        var words = [UInt](repeating: 0, count: words.count)
        words[number / UInt.bitWidth] = 1 << (number % UInt.bitWidth)
        return ProcessorSet(words: words)
    }

    /// From now on this process runs on these. `EINVAL` where none of them is its to use.
    public func use() throws(KernelError) {
        let result = words.withUnsafeBytes { systemCall(__NR_sched_setaffinity, 0, $0.count, address($0.baseAddress)) }
        try check("sched_setaffinity", "", result)
    }
}
