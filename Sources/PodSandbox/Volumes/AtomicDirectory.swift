internal import ImageLayers
internal import LinuxKernel
internal import LinuxTypes

/// A directory whose files change all at once, as a kubelet makes it: a version is a directory `..DATE`, the link `..data` names the one that counts, and what
/// users see are links through that. Whoever looks while it is replaced has all of the old or all of the new.
///
/// Each step may be the last: what is not named by `..data` is taken away by the next change.
struct AtomicDirectory: ~Copyable {
    private let root: OwnedDescriptor
    /// Whose the files are; nil for root's.
    private let group: UInt32?

    /// Takes over a directory that is open for reading.
    init(owning root: consuming OwnedDescriptor, group: UInt32?) {
        self.root = root
        self.group = group
    }

    private static let data = "..data"
    private static let nextData = "..data_tmp"

    func replace(with payload: VolumePayload, at moment: WallTime = .now()) throws(PodError) {
        let version = Self.version(moment)
        try during("cannot write the files of a volume") { () throws(KernelError) in
            try write(payload, version)
            try root.descriptor.unlinkIfPresent(Self.nextData)
            try root.descriptor.makeSymbolicLink(Self.nextData, to: version)
            try root.descriptor.rename(Self.nextData, to: Self.data)
            let wanted = Set(payload.files.keys.map(Self.firstName))
            let present = Set(try root.descriptor.directoryEntries())
            for name in wanted.subtracting(present).sorted() {
                try root.descriptor.makeSymbolicLink(name, to: Self.data + "/" + name)
            }
            for name in present.subtracting(wanted) where !name.utf8.starts(with: "..".utf8) {
                try root.descriptor.unlinkIfPresent(name)
            }
        }
        try removeOthers(than: version)
    }

    private func write(_ payload: VolumePayload, _ version: String) throws(KernelError) {
        try root.descriptor.makeDirectory(version, permissions: 0o755)
        for (path, file) in payload.files.sorted(by: { $0.key < $1.key }) {
            var directory = try own(root.descriptor.open(version, [.readOnly, .directory, .noFollow]))
            var names = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
            guard let last = names.popLast() else { continue }
            for name in names {
                do throws(KernelError) { try directory.descriptor.makeDirectory(name, permissions: 0o755) } catch {
                    guard error.errno == .EEXIST else { throw error }
                }
                directory = try own(directory.descriptor.open(name, [.readOnly, .directory, .noFollow]))
            }
            let handle = try directory.descriptor.open(last, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o600)
            try handle.descriptor.writeAll(file.bytes, subject: "a file of a volume")
            if let group { try handle.descriptor.changeOwner(uid: nil, gid: group) }
            // Order: after the owner, whose change could take bits away. Members of the group may read.
            try handle.descriptor.changePermissions(group == nil ? file.mode : file.mode | 0o440)
        }
    }

    /// A directory, for the group to enter.
    private func own(_ directory: consuming OwnedDescriptor) throws(KernelError) -> OwnedDescriptor {
        if let group {
            try directory.descriptor.changeOwner(uid: nil, gid: group)
            try directory.descriptor.changePermissions(0o2755)
        }
        return directory
    }

    private func removeOthers(than version: String) throws(PodError) {
        let names = try during("cannot look into a volume") { () throws(KernelError) in
            try root.descriptor.directoryEntries()
        }
        for name in names where name.utf8.starts(with: "..".utf8) && name != Self.data && name != version {
            guard let file = FileName(name) else { continue }
            do throws(LayerError) { try LayerRemoval.remove(file, in: root.descriptor) } catch {
                throw PodError(.failed, "cannot remove old files of a volume: \(error)")
            }
        }
    }

    private static func firstName(_ path: String) -> String {
        path.utf8.split(separator: UInt8(ascii: "/")).first.map { String(Substring($0)) } ?? path
    }

    /// As `..2026_11_29_15_20_00.123456789`.
    private static func version(_ moment: WallTime) -> String {
        let letters = moment.rfc3339.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "T"): UInt8(ascii: "_")
            case UInt8(ascii: "Z"): nil
            default: byte
            }
        }
        return ".." + String(decoding: letters, as: UTF8.self)
    }
}
