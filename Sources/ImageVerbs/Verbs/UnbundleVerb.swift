import CommandSupport
import ImageStore
import JournalVerbs
public import LinuxTypes
import OCISpec

/// What `unbundle` was given.
public struct UnbundleArguments: Hashable, Sendable {
    public var path: HostPath
}

/// The grammar of `unbundle`.
enum UnbundleVerb {
    static func parse(_ verb: inout VerbReader) throws(UsageError) -> UnbundleArguments {
        try verb.read([], limit: 1) { _, _ in }
        return UnbundleArguments(path: try verb.reader.path(try verb.operand(0, "directory"), "DIR"))
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "unbundle DIR",
            about: """
                Takes away what 'bundle' made in a directory: the mount with what was written in it, rootfs, config.json, and the directory where
                nothing else is in it; a copy as well as an overlay. A container that still runs in it must end first.
                """,
            options: [],
            examples: [("hull image unbundle bundle", "the image can be removed again")])
    }
}

/// Options of `bundle` that say what root the container gets.
enum RootOptions {
    static let options = [
        Option("overlay", help: "stack the image's layers with overlayfs instead of copying them; 'unbundle' takes it away"),
        Option("read-only", help: "the root file system is read-only"),
        Option(
            "uidmap", value: "MAP",
            help: "CONTAINER:HOST:SIZE, a map of a user namespace; may be repeated; gids as well without --gidmap"),
        Option("gidmap", value: "MAP", help: "the same for gids"),
        Option(
            "size-limit", value: "SIZE",
            help: "bytes that the container may write, as 500M; with --overlay, on a file system with quotas of projects"),
    ]

    /// Takes an option that is one of these; false where it is another.
    static func take(
        _ token: ArgumentReader.Token, _ reader: ArgumentReader, _ arguments: inout BundleArguments
    ) throws(UsageError) -> Bool {
        switch token {
        case .flag("overlay", let on): arguments.isOverlay = on
        case .flag("read-only", let on): arguments.root.isReadOnly = on
        case .value("uidmap", let text): arguments.uidMaps.append(try map(text, "--uidmap", reader))
        case .value("gidmap", let text): arguments.gidMaps.append(try map(text, "--gidmap", reader))
        case .value("size-limit", let text):
            let bytes = try reader.byteCount(text, "--size-limit")
            guard bytes >= DirectoryQuota.leastBytes, bytes <= 1 << 62 else {
                throw reader.wrong(
                    "--size-limit is at least \(DirectoryQuota.leastBytes >> 10)K, and at most \(1 << 62 as UInt64), not '\(text)'"
                )
            }
            arguments.root.sizeLimit = bytes
        default: return false
        }
        return true
    }

    /// One kind of map serves for both, as podman has it.
    static func finish(_ arguments: inout BundleArguments, _ reader: ArgumentReader) throws(UsageError) {
        if arguments.root.sizeLimit != nil, !arguments.isOverlay {
            throw reader.wrong("--size-limit needs --overlay: a copy is the caller's own")
        }
        let (uids, gids) = (arguments.uidMaps, arguments.gidMaps)
        if uids.isEmpty, gids.isEmpty { return }
        arguments.root.idMaps = IDMaps(uids: uids.isEmpty ? gids : uids, gids: gids.isEmpty ? uids : gids)
    }

    private static func map(_ text: String, _ option: String, _ reader: ArgumentReader) throws(UsageError) -> IDMapping {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else { throw reader.wrong("\(option) is CONTAINER:HOST:SIZE, as 0:100000:65536, not '\(text)'") }
        let map = IDMapping(
            containerID: try reader.number(parts[0], option), hostID: try reader.number(parts[1], option),
            size: try reader.number(parts[2], option))
        let last = UInt64(max(map.containerID, map.hostID)) + UInt64(map.size)
        guard map.size > 0, last <= UInt64(UInt32.max) else {
            throw reader.wrong("\(option) '\(text)' has no ids, or reaches beyond \(UInt32.max - 1)")
        }
        return map
    }
}
