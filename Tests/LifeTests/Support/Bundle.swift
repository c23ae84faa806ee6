import Foundation
import Glibc

/// A bundle on disk with sources for its bind mounts, made anew for each runtime at the same path, so that paths need no normalizing.
struct Bundle: Sendable {
    let id: String
    /// Holds `bundle` and `source`.
    let work: String
    var path: String { work + "/bundle" }
    /// `work` as mountinfo names it.
    var workInFileSystem: String { Machine.workInFileSystem + work.dropFirst(Machine.work.count) }

    /// Several runtimes may have the same bundle at the same time, each its own copy.
    init(_ name: String, configuration: JSONValue, for runtime: Runtime? = nil) throws {
        let name = runtime.map { "\(name)+\($0.name)" } ?? name
        id = Machine.mark + "-" + name + "."  // The end mark keeps `a` from being found in `a-b`.
        work = Machine.work + "/" + name
        remove()
        Leaks.inUse.add(id)
        try FileManager.default.createDirectory(atPath: work + "/source/directory/below", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for file in ["file", "directory/inner", "directory/below/deep"] {
            try Data((file + "\n").utf8).write(to: URL(fileURLWithPath: work + "/source/" + file))
        }
        try LifeTests.run(["cp", "-a", Self.template, path + "/rootfs"]).check("copy of the root file system")
        if link(Machine.probe, path + "/rootfs/probe") != 0 {
            try LifeTests.run(["cp", Machine.probe, path + "/rootfs/probe"]).check("copy of the probe")
        }
        try write(configuration)
    }

    /// The root file system with few of busybox's hundreds of links, which would take most of a copy's time.
    private static let template: String = {
        let kept = "sh|cat|sleep|true|false|echo|touch|ls|id|mkdir|grep|sort|tr|pwd|dd|kill|env|seq"
        let path = Machine.work + "/rootfs"
        let script = """
            cp -a "$SOURCE" "$TARGET" && cd "$TARGET" &&
            find . -type l ! -path './dev/*' | grep -v -E "/(\(kept))$" | xargs -r rm
            """
        _ = try? LifeTests.run(["sh", "-c", script], environment: ["SOURCE": Machine.rootfs, "TARGET": path])
        return path
    }()

    func write(_ configuration: JSONValue) throws {
        let text = configuration.text.replacingOccurrences(of: "$WORK", with: work).replacingOccurrences(of: "$ID", with: id)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/config.json"))
    }

    /// Mounts that someone left below are taken away first: removing through them would reach other people's files.
    @discardableResult
    func remove() -> [String] {
        let left = Leaks.mounts(below: work)
        for mount in left.reversed() { umount2(mount, Int32(MNT_DETACH)) }
        _ = try? LifeTests.run(["rm", "-rf", "--one-file-system", work])
        Leaks.clearCgroups(named: id)
        Leaks.inUse.remove(id)
        return left
    }
}

extension Outcome {
    func check(_ what: String) throws {
        guard succeeded else { throw LifeError("\(what): exit code \(code): \(errors)") }
    }
}
