import Foundation
import LinuxTypes
import OCISpec
import Testing

@testable import SeccompFilter

@Suite("the cache of compiled profiles") final class CacheTests {
    private let parent: String
    private var directory: String { parent + "/seccomp" }
    private var cache: FilterCache { FilterCache(directory: HostPath(directory)!, owner: getuid()) }
    private let profile = Profile(
        defaultAction: .errno(1), architectures: [.x86],
        rules: [.init(.allow, ["read", "no_such_call"], where: [.init(argument: 1, .lessThan, 9)]), .init(.log, ["write"])])

    init() throws {
        var template = Array("/tmp/hull-seccomp-XXXXXX".utf8CString)
        parent = String(cString: try #require(mkdtemp(&template)))
    }

    deinit { try? FileManager.default.removeItem(atPath: parent) }

    private func entries() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory).sorted() }

    private func entryPath() throws -> String { directory + "/" + (try #require(entries().first)) }

    /// Asks for the profile, which must be compiled; the answer then is right all the same and the entry is whole again.
    private func expectCompiled(_ why: String, warning: Bool = true, mended: Bool = true) throws {
        let compiled = try compile(profile)
        let answer = try cache.filter(for: profile)
        #expect(!answer.isFromCache, "\(why)")
        #expect(answer.filter == compiled, "\(why)")
        #expect((answer.warning != nil) == warning, "\(why): \(answer.warning ?? "no warning")")
        if mended { #expect(try cache.filter(for: profile).isFromCache, "\(why)") }
    }

    @Test("a hit equals what was compiled, report included; directory and file are root's alone")
    func hit() throws {
        let first = try cache.filter(for: profile)
        let second = try cache.filter(for: profile)
        #expect(!first.isFromCache && second.isFromCache)
        #expect(first.filter == second.filter && first.filter.skipped == ["no_such_call"])
        #expect(first.warning == nil && second.warning == nil)
        let modes = try [directory, entryPath()].map { path in
            try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }
        #expect(modes == [0o700, 0o600])
        #expect(try entries().count == 1, "a temporary file stayed")
    }

    @Test("what the cache says is loaded: a hit makes no call of libseccomp")
    func hitDoesNotCompile() throws {
        let planted = Filter(
            program: Program(instructions: [.init(code: 6, jumpTrue: 0, jumpFalse: 0, constant: 42)], flags: 1), skipped: [],
            warnings: ["planted"])
        _ = try cache.filter(for: profile)
        let bytes = CacheEntry.encode(planted, key: CacheKey(profile))
        try write(Data(bytes))
        #expect(try cache.filter(for: profile).filter == planted)
    }

    private func write(_ data: Data) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: entryPath()))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: data)
        try file.close()
    }

    @Test("each single damaged byte, and each bit of the first ones, is compiled over")
    func damage() throws {
        let key = CacheKey(profile)
        let whole = CacheEntry.encode(try compile(profile), key: key)
        #expect(whole.withUnsafeBytes { CacheEntry.decode($0, key: key) } != nil)
        for at in whole.indices {
            for flip: UInt8 in at < 64 ? [1, 2, 4, 8, 16, 32, 64, 128] : [0xff, 1] {
                var bytes = whole
                bytes[at] ^= flip
                #expect(bytes.withUnsafeBytes { CacheEntry.decode($0, key: key) } == nil, "byte \(at)")
            }
        }
        _ = try cache.filter(for: profile)
        var bytes = whole
        bytes[whole.count / 2] ^= 1
        try write(Data(bytes))
        try expectCompiled("a damaged byte")
    }

    @Test("every shorter and some longer files are compiled over")
    func length() throws {
        let key = CacheKey(profile)
        let whole = CacheEntry.encode(try compile(profile), key: key)
        for count in 0..<whole.count {
            #expect(whole[..<count].withUnsafeBytes { CacheEntry.decode($0, key: key) } == nil, "\(count) bytes")
        }
        _ = try cache.filter(for: profile)
        for data in [Data(), Data(whole.dropLast()), Data(whole + [0]), Data(whole + whole), Data(count: 2 << 20)] {
            try write(data)
            try expectCompiled("\(data.count) bytes")
        }
    }

    @Test("an entry of another profile under the same name is not believed")
    func otherKey() throws {
        _ = try cache.filter(for: profile)
        var other = profile
        other.rules[0].comparisons[0].value += 1
        try write(Data(CacheEntry.encode(try compile(other), key: CacheKey(other))))
        try expectCompiled("another key")
    }

    @Test("everything in a profile is in its key")
    func keys() {
        let changes: [(inout Profile) -> Void] = [
            { $0.defaultAction = .errno(2) }, { $0.defaultAction = .trap }, { $0.architectures = [] },
            { $0.architectures = [.x32] }, { $0.flags = .log }, { $0.rules.swapAt(0, 1) }, { $0.rules.removeLast() },
            { $0.rules[0].action = .log }, { $0.rules[0].names = ["read"] }, { $0.rules[0].names.reverse() },
            { $0.rules[0].names = ["readno_such_call"] }, { $0.rules[0].comparisons = [] },
            { $0.rules[0].comparisons[0].index = 2 }, { $0.rules[0].comparisons[0].operation = .lessOrEqual },
            { $0.rules[0].comparisons[0].value = 1 << 40 }, { $0.rules[0].comparisons[0].valueTwo = 1 },
        ]
        var keys: Set<[UInt8]> = [CacheKey(profile).bytes]
        var names: Set<String> = [CacheKey(profile).fileName]
        for change in changes {
            var changed = profile
            change(&changed)
            keys.insert(CacheKey(changed).bytes)
            names.insert(CacheKey(changed).fileName)
        }
        #expect(keys.count == changes.count + 1)
        #expect(names.count == changes.count + 1)
        #expect(names.allSatisfy { $0.utf8.count == 16 })
    }

    @Test("a file open to others, linked twice, a link, a FIFO, a directory: compiled, never believed")
    func oddFiles() throws {
        _ = try cache.filter(for: profile)
        let path = try entryPath()
        for mode: mode_t in [0o640, 0o602, 0o604, 0o777] {
            #expect(chmod(path, mode) == 0)
            try expectCompiled("mode \(mode)")
        }
        #expect(link(path, parent + "/elsewhere") == 0)
        try expectCompiled("a hard link")
        #expect(rename(path, parent + "/moved") == 0 && symlink(parent + "/moved", path) == 0)
        try expectCompiled("a symbolic link")
        #expect(unlink(path) == 0 && mkfifo(path, 0o600) == 0)
        try expectCompiled("a FIFO")
        #expect(unlink(path) == 0 && mkdir(path, 0o700) == 0)
        try expectCompiled("a directory", mended: false)
    }

    @Test("another owner's directory or file is not believed")
    func otherOwner() throws {
        _ = try cache.filter(for: profile)
        let stranger = FilterCache(directory: HostPath(directory)!, owner: getuid() + 1)
        let answer = try stranger.filter(for: profile)
        #expect(!answer.isFromCache)
        #expect(answer.warning?.contains("belongs to uid") == true)
        guard getuid() == 0 else { return }
        #expect(chown(try entryPath(), 65534, 65534) == 0)
        try expectCompiled("a file of nobody")
        #expect(chown(directory, 65534, 65534) == 0)
        try expectCompiled("a directory of nobody", mended: false)
    }

    @Test("a directory open to others, a link to one, a file in its place, a missing parent: compiled, nothing written")
    func oddDirectories() throws {
        _ = try cache.filter(for: profile)
        for mode: mode_t in [0o701, 0o720, 0o777, 0o1777] {
            #expect(chmod(directory, mode) == 0)
            try expectCompiled("mode \(mode)", mended: false)
        }
        #expect(chmod(directory, 0o700) == 0)
        #expect(try cache.filter(for: profile).isFromCache)
        #expect(rename(directory, parent + "/moved") == 0 && symlink(parent + "/moved", directory) == 0)
        try expectCompiled("a link", mended: false)
        #expect(unlink(directory) == 0 && FileManager.default.createFile(atPath: directory, contents: nil))
        try expectCompiled("a file", mended: false)
        let orphan = FilterCache(directory: HostPath(parent + "/missing/seccomp")!, owner: getuid())
        #expect(try orphan.filter(for: profile).warning != nil)
    }

    @Test("a profile that does not compile is an error and leaves nothing")
    func failureIsNotCached() throws {
        let impossible = Profile(defaultAction: .allow, architectures: [.m68k])
        for _ in 0..<2 {
            #expect(throws: SeccompError.unknownArchitecture("SCMP_ARCH_M68K")) { try self.cache.filter(for: impossible) }
        }
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test("at most 64 entries stay, the oldest go; foreign files are not touched")
    func eviction() throws {
        for number in UInt16(1)...70 {
            if number == 1 { #expect(mkdir(directory, 0o700) == 0) }
            if number == 2 {
                for foreign in ["notes.txt", "short.bpf"] {
                    #expect(FileManager.default.createFile(atPath: directory + "/" + foreign, contents: nil))
                }
                let torn = directory + "/0123456789abcdef-1-1.tmp"
                #expect(FileManager.default.createFile(atPath: torn, contents: nil))
            }
            _ = try cache.filter(for: Profile(defaultAction: .errno(number)))
        }
        let names = try entries()
        #expect(names.filter { $0.hasSuffix(".bpf") && $0 != "short.bpf" }.count == 64)
        #expect(names.contains("notes.txt") && names.contains("short.bpf"))
        #expect(!names.contains("0123456789abcdef-1-1.tmp"), "what a killed writer left stays for ever")
        #expect(try cache.filter(for: Profile(defaultAction: .errno(70))).isFromCache)
        #expect(try !cache.filter(for: Profile(defaultAction: .errno(1))).isFromCache)
    }

    @Test("writers at the same time do not disturb each other or readers")
    func concurrency() throws {
        let profiles = (UInt16(1)...4).map { Profile(defaultAction: .errno($0)) }
        let expected = try profiles.map { try compile($0) }
        let cache = self.cache
        let wrong = Wrong()
        DispatchQueue.concurrentPerform(iterations: 400) { round in
            let index = round % profiles.count
            do {
                let answer = try cache.filter(for: profiles[index])
                if answer.filter != expected[index] || answer.warning != nil { wrong.add("\(answer.warning ?? "program")") }
            } catch { wrong.add("\(error)") }
        }
        #expect(wrong.all == [])
        #expect(try entries().count == 4)
    }

    private final class Wrong: @unchecked Sendable {
        private let lock = NSLock()
        private var list: [String] = []
        func add(_ text: String) { lock.withLock { list.append(text) } }
        var all: [String] { lock.withLock { list } }
    }
}
