import InitProtocol
import LinuxTypes

/// The options of one mount of a configuration, sorted into what the kernel's calls take. Facts: runtime-spec, config.md "Linux mount options".
struct MountOptions: Equatable {
    private(set) var isBind = false
    private(set) var isRecursive = false
    private(set) var isRemount = false
    /// `tmpcopyup`, for a tmpfs only.
    private(set) var copiesUp = false
    /// `idmap`, `ridmap`: whose the files are is mapped, of this mount or of all below it too.
    private(set) var mapsOwners = false
    private(set) var mapsOwnersBelow = false
    /// Attributes of the mount that are set, and those that are named at all: a bind with any of them gets exactly these.
    private(set) var set: MountAttributes = []
    private(set) var accessTimeIsGiven = false
    private(set) var setBelow: MountAttributes = []
    private(set) var clearBelow: MountAttributes = []
    private(set) var propagation: [PropagationChange] = []
    /// Options of the file system, and those of every file system (`sync`, `ro`, …).
    private(set) var data: [String] = []
    private(set) var superblock: [String] = []
    /// The first option that is known and not supported.
    private(set) var unsupported: String?

    init(_ options: [String]) {
        for option in options { add(option) }
    }

    private mutating func add(_ option: String) {
        if let attribute = Self.attributes[option] { return change(attribute) }
        if let change = Self.propagations[option] { return propagation.append(change) }
        switch option {
        // Relatime is what the kernel does anyway.
        case "", "defaults", "silent", "loud", "norelatime": break
        case "bind": isBind = true
        case "rbind":
            isBind = true
            isRecursive = true
        case "remount": isRemount = true
        case "iversion", "noiversion":
            // A flag of file systems on disks that keep a change counter; those that a container mounts new have none.
            break
        case "sync", "dirsync", "lazytime", "mand":
            superblock.append(option)
        case "async": superblock.removeAll { $0 == "sync" }
        case "nolazytime": superblock.removeAll { $0 == "lazytime" }
        case "nomand": superblock.removeAll { $0 == "mand" }
        case "tmpcopyup": copiesUp = true
        case "idmap": mapsOwners = true
        case "ridmap": (mapsOwners, mapsOwnersBelow) = (true, true)
        case "copy-symlink", "src-nofollow", "dest-nofollow": unsupported = unsupported ?? option
        default:
            if option.hasPrefix("idmap=") || option.hasPrefix("ridmap=") {
                unsupported = unsupported ?? option
            } else {
                data.append(option)
            }
        }
    }

    private mutating func change(_ attribute: Attribute) {
        switch attribute {
        case .set(let bits): set.insert(bits)
        case .clear(let bits): set.subtract(bits)
        case .accessTime(let bits):
            accessTimeIsGiven = true
            set.subtract(.accessTimeMask)
            set.insert(bits)
        case .setBelow(let bits):
            clearBelow.subtract(bits)
            setBelow.insert(bits)
        case .clearBelow(let bits):
            setBelow.subtract(bits)
            clearBelow.insert(bits)
        case .accessTimeBelow(let bits):
            // The access time mode is one field: to change it all of it is cleared.
            clearBelow.insert(.accessTimeMask)
            setBelow.subtract(.accessTimeMask)
            setBelow.insert(bits)
        }
    }

    /// What a bind mount loses: with any attribute named it gets exactly those, as `mount -o remount,bind` gives them.
    var clearOnBind: MountAttributes {
        guard !set.isEmpty || accessTimeIsGiven else { return [] }
        var clear: MountAttributes = [.readOnly, .noSetuid, .noDevices, .noExecute, .noSymlinkFollow]
        clear.subtract(set)
        if accessTimeIsGiven { clear.insert(.accessTimeMask) }
        return clear
    }

    private enum Attribute {
        case set(MountAttributes)
        case clear(MountAttributes)
        case accessTime(MountAttributes)
        case setBelow(MountAttributes)
        case clearBelow(MountAttributes)
        case accessTimeBelow(MountAttributes)
    }

    private static let attributes: [String: Attribute] = [
        "ro": .set(.readOnly), "rw": .clear(.readOnly),
        "nosuid": .set(.noSetuid), "suid": .clear(.noSetuid),
        "nodev": .set(.noDevices), "dev": .clear(.noDevices),
        "noexec": .set(.noExecute), "exec": .clear(.noExecute),
        "nodiratime": .set(.noDirectoryAccessTime), "diratime": .clear(.noDirectoryAccessTime),
        "nosymfollow": .set(.noSymlinkFollow), "symfollow": .clear(.noSymlinkFollow),
        "noatime": .accessTime(.noAccessTime), "atime": .clear(.noAccessTime),
        "relatime": .accessTime([]), "strictatime": .accessTime(.strictAccessTime), "nostrictatime": .clear(.strictAccessTime),
        "rro": .setBelow(.readOnly), "rrw": .clearBelow(.readOnly),
        "rnosuid": .setBelow(.noSetuid), "rsuid": .clearBelow(.noSetuid),
        "rnodev": .setBelow(.noDevices), "rdev": .clearBelow(.noDevices),
        "rnoexec": .setBelow(.noExecute), "rexec": .clearBelow(.noExecute),
        "rnodiratime": .setBelow(.noDirectoryAccessTime), "rdiratime": .clearBelow(.noDirectoryAccessTime),
        "rnosymfollow": .setBelow(.noSymlinkFollow), "rsymfollow": .clearBelow(.noSymlinkFollow),
        "rnoatime": .accessTimeBelow(.noAccessTime), "ratime": .accessTimeBelow([]),
        "rrelatime": .accessTimeBelow([]), "rnorelatime": .accessTimeBelow([]),
        "rstrictatime": .accessTimeBelow(.strictAccessTime), "rnostrictatime": .accessTimeBelow([]),
    ]

    private static let propagations: [String: PropagationChange] = [
        "shared": PropagationChange(propagation: .shared, isRecursive: false),
        "rshared": PropagationChange(propagation: .shared, isRecursive: true),
        "slave": PropagationChange(propagation: .slave, isRecursive: false),
        "rslave": PropagationChange(propagation: .slave, isRecursive: true),
        "private": PropagationChange(propagation: .isPrivate, isRecursive: false),
        "rprivate": PropagationChange(propagation: .isPrivate, isRecursive: true),
        "unbindable": PropagationChange(propagation: .unbindable, isRecursive: false),
        "runbindable": PropagationChange(propagation: .unbindable, isRecursive: true),
    ]
}
