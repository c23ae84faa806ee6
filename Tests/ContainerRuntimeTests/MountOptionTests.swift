import InitProtocol
import LinuxTypes
import Testing

@testable import ContainerRuntime

/// Every option of the runtime specification's table, against what the kernel's calls get.
@Suite struct MountOptionTests {
    /// What an option does to one mount.
    enum Effect: Hashable {
        case set(MountAttributes)
        case clear(MountAttributes)
        case setBelow(MountAttributes)
        case clearBelow(MountAttributes)
        case accessTimeBelow(MountAttributes)
        case superblock
        case notSuperblock(String)
        case propagation(MountPropagation, recursive: Bool)
        case bind(recursive: Bool)
        case remount
        case refused
        case nothing
    }

    private static let table: [(String, Effect)] = [
        ("async", .notSuperblock("sync")), ("atime", .clear(.noAccessTime)), ("bind", .bind(recursive: false)),
        ("defaults", .nothing), ("dev", .clear(.noDevices)), ("diratime", .clear(.noDirectoryAccessTime)),
        ("dirsync", .superblock),
        ("exec", .clear(.noExecute)), ("idmap", .nothing), ("iversion", .nothing), ("lazytime", .superblock), ("loud", .nothing),
        ("mand", .superblock), ("noatime", .set(.noAccessTime)), ("nodev", .set(.noDevices)),
        ("nodiratime", .set(.noDirectoryAccessTime)), ("noexec", .set(.noExecute)), ("noiversion", .nothing),
        ("nolazytime", .notSuperblock("lazytime")), ("nomand", .notSuperblock("mand")), ("norelatime", .nothing),
        ("nostrictatime", .clear(.strictAccessTime)), ("nosuid", .set(.noSetuid)), ("nosymfollow", .set(.noSymlinkFollow)),
        ("private", .propagation(.isPrivate, recursive: false)), ("ratime", .accessTimeBelow([])),
        ("rbind", .bind(recursive: true)), ("rdev", .clearBelow(.noDevices)), ("rdiratime", .clearBelow(.noDirectoryAccessTime)),
        ("relatime", .clear(.accessTimeMask)), ("remount", .remount), ("rexec", .clearBelow(.noExecute)), ("ridmap", .nothing),
        ("rnoatime", .accessTimeBelow(.noAccessTime)), ("rnodev", .setBelow(.noDevices)),
        ("rnodiratime", .setBelow(.noDirectoryAccessTime)), ("rnoexec", .setBelow(.noExecute)),
        ("rnorelatime", .accessTimeBelow([])), ("rnostrictatime", .accessTimeBelow([])), ("rnosuid", .setBelow(.noSetuid)),
        ("rnosymfollow", .setBelow(.noSymlinkFollow)), ("ro", .set(.readOnly)),
        ("rprivate", .propagation(.isPrivate, recursive: true)), ("rrelatime", .accessTimeBelow([])),
        ("rro", .setBelow(.readOnly)),
        ("rrw", .clearBelow(.readOnly)), ("rshared", .propagation(.shared, recursive: true)),
        ("rslave", .propagation(.slave, recursive: true)), ("rstrictatime", .accessTimeBelow(.strictAccessTime)),
        ("rsuid", .clearBelow(.noSetuid)), ("rsymfollow", .clearBelow(.noSymlinkFollow)),
        ("runbindable", .propagation(.unbindable, recursive: true)), ("rw", .clear(.readOnly)),
        ("shared", .propagation(.shared, recursive: false)), ("silent", .nothing),
        ("slave", .propagation(.slave, recursive: false)),
        ("strictatime", .set(.strictAccessTime)), ("suid", .clear(.noSetuid)), ("symfollow", .clear(.noSymlinkFollow)),
        ("sync", .superblock), ("tmpcopyup", .nothing), ("unbindable", .propagation(.unbindable, recursive: false)),
    ]

    @Test func `the table is whole`() {
        #expect(Self.table.count == 62)
        #expect(Set(Self.table.map(\.0)).count == Self.table.count)
    }

    @Test(arguments: MountOptionTests.table)
    func `each option does what the specification says, and no more`(option: String, effect: Effect) {
        let found = MountOptions([option])
        #expect(found.data.isEmpty, "'\(option)' would go to the file system as an option of its own")
        #expect(found.set == (effect.setBits ?? []))
        #expect(found.setBelow == (effect.setBelowBits ?? []))
        #expect(found.clearBelow == (effect.clearBelowBits ?? []))
        #expect(found.superblock == (effect == .superblock ? [option] : []))
        #expect(found.isRemount == (effect == .remount))
        #expect(found.unsupported == (effect == .refused ? option : nil))
        if case .bind(let recursive) = effect {
            #expect(found.isBind && found.isRecursive == recursive)
        } else {
            #expect(!found.isBind && !found.isRecursive)
        }
        if case .propagation(let propagation, let recursive) = effect {
            #expect(found.propagation == [PropagationChange(propagation: propagation, isRecursive: recursive)])
        } else {
            #expect(found.propagation.isEmpty)
        }
    }

    /// The options that take something back are seen only after those that gave it.
    @Test(arguments: MountOptionTests.table)
    func `of an option and its opposite the last one wins`(option: String, effect: Effect) {
        switch effect {
        case .clear(let bits):
            let setters = Self.table.filter { if case .set(let set) = $0.1 { bits.contains(set) } else { false } }.map(\.0)
            #expect(!setters.isEmpty)
            for setter in setters {
                #expect(MountOptions([setter, option]).set.isDisjoint(with: bits), "\(setter),\(option)")
                #expect(!MountOptions([option, setter]).set.isDisjoint(with: bits), "\(option),\(setter)")
            }
        case .clearBelow(let bits):
            let before = MountOptions(["r" + Self.opposite(option), option])
            #expect(before.setBelow.isEmpty && before.clearBelow == bits)
            let after = MountOptions([option, "r" + Self.opposite(option)])
            #expect(after.setBelow == bits && after.clearBelow.isEmpty)
        case .notSuperblock(let other):
            #expect(MountOptions([other, option]).superblock.isEmpty)
            #expect(MountOptions([option, other]).superblock == [other])
        default: break
        }
    }

    /// `rrw` → `ro`, `rdev` → `nodev`, without the `r` in front.
    private static func opposite(_ option: String) -> String { option == "rrw" ? "ro" : "no" + option.dropFirst() }

    @Test func `access time modes are one field, of which the last one is left`() {
        #expect(MountOptions(["noatime", "strictatime"]).set == .strictAccessTime)
        #expect(MountOptions(["strictatime", "noatime"]).set == .noAccessTime)
        #expect(MountOptions(["strictatime", "relatime"]).set == [])
        #expect(MountOptions(["noatime", "nodiratime", "relatime"]).set == .noDirectoryAccessTime)
        let below = MountOptions(["rnoatime", "rstrictatime"])
        #expect(below.setBelow == .strictAccessTime && below.clearBelow == .accessTimeMask)
        #expect(MountOptions(["rnoatime", "ratime"]).setBelow == [])
    }

    @Test func `a bind with any attribute gets exactly those, without any it keeps what it has`() {
        #expect(MountOptions(["bind"]).clearOnBind == [])
        #expect(MountOptions(["rbind", "rprivate"]).clearOnBind == [])
        let readOnly = MountOptions(["bind", "ro", "nosuid"])
        #expect(readOnly.set == [.readOnly, .noSetuid])
        #expect(readOnly.clearOnBind == [.noDevices, .noExecute, .noSymlinkFollow])
        let quiet = MountOptions(["bind", "noatime"])
        #expect(quiet.clearOnBind.isSuperset(of: .accessTimeMask) && quiet.clearOnBind.contains(.readOnly))
        #expect(MountOptions(["bind", "relatime"]).clearOnBind.isSuperset(of: .accessTimeMask))
    }

    /// `mount_setattr(2)` refuses to change the access time mode unless the whole field is cleared.
    @Test func `an access time mode is never set without clearing the field`() {
        for option in ["noatime", "relatime", "strictatime"] {
            #expect(MountOptions(["bind", option]).clearOnBind.isSuperset(of: .accessTimeMask))
            #expect(MountOptions(["bind", "r" + option]).clearBelow.isSuperset(of: .accessTimeMask))
        }
        #expect(!MountOptions(["bind", "ro"]).clearOnBind.contains(.accessTimeMask))
    }

    @Test func `propagation changes keep their order`() {
        #expect(
            MountOptions(["rslave", "ro", "shared"]).propagation == [
                PropagationChange(propagation: .slave, isRecursive: true),
                PropagationChange(propagation: .shared, isRecursive: false),
            ])
    }

    @Test func `what is no option of a mount goes to the file system as written, in order`() {
        let options = MountOptions(["size=1m", "nosuid", "mode=0755", "RO", "ro ", "uid=5"])
        #expect(options.data == ["size=1m", "mode=0755", "RO", "ro ", "uid=5"])
    }
}

extension MountOptionTests.Effect {
    fileprivate var setBits: MountAttributes? { if case .set(let bits) = self { bits } else { nil } }

    fileprivate var setBelowBits: MountAttributes? {
        switch self {
        case .setBelow(let bits), .accessTimeBelow(let bits): bits
        default: nil
        }
    }

    fileprivate var clearBelowBits: MountAttributes? {
        switch self {
        case .clearBelow(let bits): bits
        case .accessTimeBelow: .accessTimeMask
        default: nil
        }
    }
}
