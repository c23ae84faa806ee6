import Foundation

/// A run of random inputs: HULL_FUZZ_SEED repeats one, HULL_FUZZ_SECONDS makes it longer than the second that each ring of tests has for it.
public struct FuzzRun {
    public let seed: UInt64
    private let end: Date

    public init() {
        let environment = ProcessInfo.processInfo.environment
        seed = environment["HULL_FUZZ_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1 ... .max)
        end = Date(timeIntervalSinceNow: environment["HULL_FUZZ_SECONDS"].flatMap { Double($0) } ?? 1)
        print("fuzz seed \(seed)")
    }

    public var random: SplitMix { SplitMix(state: seed) }
    public var isOver: Bool { Date() >= end }
}
