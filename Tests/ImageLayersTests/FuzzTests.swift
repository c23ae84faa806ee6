import Foundation
import ImageLayers
import SeededRandom
import TarWriter
import Testing

/// Archives with random changes: whatever they are, reading ends, with entries or with an error, and gives no more than the limits allow.
@Suite struct FuzzTests {
    static let corpus: [[UInt8]] = {
        var plain = TarWriter()
        plain.directory("./")
        plain.add("a", data: "hello")
        plain.add("l", type: "2", link: "a")
        plain.add("h", type: "1", link: "a")
        plain.add("c", type: "3", major: 1, minor: 3)
        plain.add("d/.wh.x")
        var pax = TarWriter()
        pax.pax([("path", String(repeating: "n/", count: 90)), ("mtime", "-1.5"), ("SCHILY.xattr.user.a", "b"), ("uid", "7")])
        pax.add("p", data: "x")
        pax.pax([("GNU.sparse.size", "2001"), ("GNU.sparse.map", "1000,3,2000,1")])
        pax.add("s", data: "abcd")
        var gnu = TarWriter()
        gnu.add(Array("././@LongLink".utf8), type: "L", data: Array(String(repeating: "m", count: 200).utf8))
        gnu.add("cut", data: "y")
        gnu.pax([("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "2001")])
        gnu.add(Array("s".utf8), data: Array("1\n1000\n3\n".utf8) + [UInt8](repeating: 0, count: 503) + Array("abc".utf8))
        gnu.add(Array("old".utf8), type: "S", data: [1, 2, 3]) {
            TarWriter.octal(1000, in: &$0, at: 386, width: 12)
            TarWriter.octal(3, in: &$0, at: 398, width: 12)
            TarWriter.octal(2001, in: &$0, at: 483, width: 12)
        }
        let tars = [plain.ended(), pax.ended(), gnu.ended()]
        return tars + tars.map(gzip) + tars.map { zstd($0) }
    }()

    @Test func `whatever the bytes are, reading ends`() throws {
        let run = FuzzRun()
        let seed = run.seed
        var generator = run.random
        var (runs, entries, errors) = (0, 0, 0)
        while !run.isOver {
            let mutated = Self.mutated(&generator)
            var limits = LayerLimits()
            limits.totalBytes = 4 << 20
            do throws(LayerError) {
                let all = try readAll(mutated, limits: limits)
                entries += all.count
                for read in all {
                    #expect(read.entry.uid != .max && read.entry.gid != .max && read.entry.permissions <= 0o7777, "seed \(seed)")
                    #expect(!read.entry.path.contains(0), "seed \(seed)")
                    if case .regular(let size) = read.entry.kind {
                        #expect(UInt64(read.data.count) == size || read.data.count > 1 << 20, "seed \(seed)")
                    }
                }
            } catch { errors += 1 }
            runs += 1
        }
        print("fuzz: \(runs) archives, \(entries) entries, \(errors) errors")
        // A generator that only makes good archives, or only bad ones, finds nothing.
        #expect(runs > 10 && errors > 0 && errors < runs)
    }

    /// One of the corpus with one to eight changes. Half of the headers that were changed get a right checksum again: or no change would be seen.
    private static func mutated(_ generator: inout SplitMix) -> [UInt8] {
        var bytes = corpus[Int.random(in: 0..<corpus.count, using: &generator)]
        for _ in 0..<Int.random(in: 1...8, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[place] = [0, 0x7f, 0x80, 0xff, 0x30, 0x37, 0x0a, 0x2f].randomElement(using: &generator) ?? 0
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...600, using: &generator)))
            case 3: bytes.insert(contentsOf: bytes[(place / 2)..<place].prefix(512), at: place)
            case 4: bytes = Array(bytes[..<place])
            case 5: if place + 12 <= bytes.count { TarWriter.put(Array("77777777777\0".utf8), in: &bytes, at: place) }
            case 6: if place + 512 <= bytes.count { bytes.swapAt(place, place + 511) }
            default: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            guard bytes.starts(with: [0x1f, 0x8b]) == false, Bool.random(using: &generator) else { continue }
            let header = place / 512 * 512
            guard header + 512 <= bytes.count else { continue }
            var block = Array(bytes[header..<(header + 512)])
            TarWriter.seal(&block)
            bytes.replaceSubrange(header..<(header + 512), with: block)
        }
        return bytes
    }
}
