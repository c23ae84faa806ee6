import Glibc
import Journal
import JournalHistory
import LinuxKernel
import LinuxTypes

// Eight writers, eight readers and four watchers of one store, of whom any is killed or stopped at any moment; then what they wrote down is held against
// what one store that is used by one after the other could have answered.
//
// HULL_SOAK_SECONDS and HULL_SOAK_SEED say how long and with which random numbers.

let journalSoakFacts = [
    Fact("journal-soak") {
        let seconds = environmentValue("HULL_SOAK_SECONDS").flatMap { Int($0) } ?? 15
        let seed = try environmentValue("HULL_SOAK_SEED").flatMap { UInt64($0) } ?? randomNumber() >> 16
        alarm(UInt32(seconds * 3 + 180))
        let place = try SoakPlace()
        let soak = Soak(place.paths, seed: seed)
        do {
            try soak.run(seconds: seconds)
        } catch {
            throw Broken(description: "seed \(seed): \(error)")
        }
    }
]

/// The processes of a soak, and who kills and stops them.
private final class Soak {
    /// Twenty on one processor whose kernel is twenty times as slow, user-mode Linux, wait for each other longer than anybody waits for a lock.
    private static func counts() throws(KernelError) -> [(role: SoakWorker.Role, count: Int)] {
        try readText("/proc/cpuinfo").contains("User Mode Linux")
            ? [(.writer, 3), (.reader, 2), (.watcher, 1)] : [(.writer, 8), (.reader, 8), (.watcher, 4)]
    }

    private let place: SoakPlace.Paths
    private let seed: UInt64
    private var random: SoakRandom
    private var slots: [SoakSlot] = []
    private var deadline: Int64 = 0
    private var kills = 0
    private var stops = 0
    private var mostBytes: Int64 = 0
    private var mostFiles = 0
    private var history = History()

    init(_ place: SoakPlace.Paths, seed: UInt64) {
        self.place = place
        self.seed = seed
        random = SoakRandom(seed)
    }

    func run(seconds: Int) throws {
        print("➜ soak: seed \(seed), \(seconds) s")
        let descriptors = try openDescriptors()
        try begin()
        deadline = monotonicMicroseconds() + Int64(seconds) * 1_000_000
        for (role, count) in try Self.counts() {
            for number in 0..<count { slots.append(try start(SoakSlot(role, number))) }
        }
        while monotonicMicroseconds() < deadline { try disturb() }
        try finish()
        try expectEqual(try openDescriptors(), descriptors)
        try judge()
    }

    /// The store is made, and what makes it is part of the history.
    private func begin() throws {
        let worker = try SoakWorker(.writer, 999, life: 0, seed: seed, place)
        try worker.makeStore()
    }

    private func start(_ slot: SoakSlot) throws -> SoakSlot {
        var slot = slot
        slot.life += 1
        let (place, seed, deadline) = (place, seed, deadline)
        let (role, number, life, next) = (slot.role, slot.number, slot.life, slot.next)
        let child = try Child {
            do {
                let worker = try SoakWorker(role, number, life: life, seed: seed, place)
                switch role {
                case .writer: try worker.write(until: deadline)
                case .reader: try worker.read(until: deadline)
                case .watcher: try worker.watch(from: next)
                }
                return 0
            } catch {
                try FileDescriptor.standardError.writeAll("\(role.rawValue) \(number): \(error)\n".utf8)
                return 1
            }
        }
        slot.pid = child.pid
        slot.handle = try child.pidfd.descriptor.duplicate().release()
        slot.continuesAt = nil
        return slot
    }

    // MARK: what befalls them

    private func disturb() throws {
        pause(milliseconds: 3 + random.below(25))
        let now = monotonicMicroseconds()
        for index in slots.indices {
            if let due = slots[index].continuesAt, due <= now {
                try slots[index].handle.send(.continue)
                slots[index].continuesAt = nil
            }
        }
        let victim = random.below(slots.count)
        if random.below(3) == 0 {
            try killAndReplace(victim)
        } else {
            try slots[victim].handle.send(.stop)
            // Now and then for longer than anybody waits.
            let length = random.below(12) == 0 ? 3_000_000 : random.below(200_000)
            slots[victim].continuesAt = now + Int64(length)
            stops += 1
        }
        try measure()
    }

    private func killAndReplace(_ index: Int) throws {
        let slot = slots[index]
        let before = bootMicroseconds()
        try slot.handle.send(.kill)
        let end = try slot.handle.waitForExit()
        slot.handle.close()
        noteEnd(slot, earliest: end == .exited(code: 0) ? nil : before)
        guard end == .signaled(.kill, dumpedCore: false) || end == .exited(code: 0) else {
            throw Broken(description: "\(slot.role.rawValue) \(slot.number) ended by itself: \(end.map { "\($0)" } ?? "unknown")")
        }
        kills += 1
        slots[index] = try start(try resumed(slot))
    }

    /// `earliest` nil: it ended by itself, after the last that it wrote down.
    private func noteEnd(_ slot: SoakSlot, earliest: Int64?) {
        history.ends[slot.name] = History.End(earliest: earliest ?? .min, latest: bootMicroseconds())
    }

    /// A watcher goes on where the one before it wrote down that it was.
    private func resumed(_ slot: SoakSlot) throws -> SoakSlot {
        guard slot.role == .watcher else { return slot }
        var slot = slot
        var ignored = History()
        let parts = ignored.add(try words(slot.name), of: slot.name)
        slot.parts += parts
        if let last = parts.last { slot.next = last.through + 1 }
        return slot
    }

    private func measure() throws {
        let directory = try FileDescriptor.workingDirectory.open(place.store.string, [.readOnly, .directory])
        let names = try directory.descriptor.directoryEntries()
        var bytes: Int64 = 0
        for name in names {
            do throws(KernelError) { bytes += try directory.descriptor.status(of: name).size } catch {
                // It went meanwhile.
                guard error.errno == .ENOENT else { throw error }
            }
        }
        mostBytes = max(mostBytes, bytes)
        mostFiles = max(mostFiles, names.count)
    }

    // MARK: the end

    /// All go on and come to their ends, the watchers last.
    private func finish() throws {
        for slot in slots { try slot.handle.send(.continue) }
        for slot in slots where slot.role != .watcher { try expectEnd(slot) }
        // Order: before the watchers end. Who opens the store tells of what the last one who was killed wrote and did not tell.
        let journal = try Journal.open(place.store, runDirectory: place.run)
        // Order: before the watchers end too, who end what is over: each would see what those before him did not.
        let patience = bootMicroseconds() + 10_000_000
        while try !journal.leases().isEmpty {
            try expect(bootMicroseconds() < patience, "\(try journal.leases().count) leases do not end")
            try journal.endLeases()
            pause(milliseconds: 10)
        }
        try place.setDone()
        for slot in slots where slot.role == .watcher { try expectEnd(slot) }
    }

    private func expectEnd(_ slot: SoakSlot) throws {
        var entries = [PollEntry(slot.handle)]
        try expect(try waitUntilReady(&entries, milliseconds: 60_000), "\(slot.name) does not end")
        try expectEqual(try slot.handle.waitForExit(), .exited(code: 0))
        slot.handle.close()
        noteEnd(slot, earliest: nil)
    }

    private func judge() throws {
        let worker = try SoakWorker(.reader, 999, life: 1, seed: seed, place)
        try worker.lookAtAll()
        try expectEqual(try worker.journal.check().filter(\.isDamage), [])
        try load()
        let (placed, unheard, ends) = history.placed()
        print(
            "➜ soak: \(history.operations.count) operations, \(placed) transactions (\(unheard) of them unheard, \(ends) ends of "
                + "leases with keys), "
                + "\(history.streams.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.events.count } }) events, \(kills) kills, "
                + "\(stops) stops, at most \(mostFiles) files of \(mostBytes >> 20) MiB")
        let violations = history.violations()
        try expect(violations.isEmpty, violations.joined(separator: "\n"))
        try expect(mostBytes < 96 << 20 && mostFiles < 32, "the files grow: \(mostFiles) of \(mostBytes) bytes")
        try expect(kills > 0 && placed > 0 && ends > 0, "nothing happened")
    }

    private func load() throws {
        for name in try place.recordings() where !name.hasPrefix("watcher") {
            let before = history.operations.count
            _ = history.add(try words(name), of: name)
            // Who ended by himself was heard to the last.
            let last = history.operations[before...].map { max($0.invoked, $0.responded) }.max() ?? .min
            if history.ends[name]?.earliest == .min { history.ends[name]?.earliest = last }
        }
        for slot in slots where slot.role == .watcher {
            let parts = try resumed(slot).parts
            for (one, next) in zip(parts, parts.dropFirst()) {
                try expect(next.from == one.through + 1, "\(slot.name) has a hole before revision \(next.from)")
            }
            try expectEqual(parts.last?.through, history.operations.map(\.revision).max())
            history.streams.append(History.Stream("watcher \(slot.number)", parts))
        }
    }

    /// What a process wrote down; nothing where it was killed before it began.
    private func words(_ name: String) throws -> [UInt64] {
        guard try place.recordings().contains(name) else { return [] }
        let file = try FileDescriptor.workingDirectory.open("\(place.base)/history/\(name)", .readOnly)
        let bytes = try file.descriptor.readToEnd(limit: 4 << 30)
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
        }
    }

    private func openDescriptors() throws -> Int {
        let directory = try FileDescriptor.workingDirectory.open("/proc/self/fd", [.readOnly, .directory])
        return try directory.descriptor.directoryEntries().count
    }
}

/// A place in the soak that one process after the other takes.
private struct SoakSlot {
    let role: SoakWorker.Role
    let number: Int
    var life = 0
    var pid: Int32 = 0
    var handle = FileDescriptor(-1)
    /// Where it is stopped: when it goes on.
    var continuesAt: Int64?
    /// A watcher's: where the next one begins, and what those before it were given.
    var next: Revision = 1
    var parts: [History.Stream.Part] = []

    init(_ role: SoakWorker.Role, _ number: Int) {
        self.role = role
        self.number = number
    }

    var name: String { "\(role.rawValue)-\(number)-\(life)" }
}
