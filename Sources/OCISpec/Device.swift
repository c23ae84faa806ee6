public import LinuxTypes
public import StrictTree

/// The kinds of nodes that `linux.devices` makes.
public enum DeviceType: String, Choice {
    case block = "b"
    case character = "c"
    /// `mknod(1)`'s other letter for a character device.
    case unbuffered = "u"
    case fifo = "p"

    public static var noun: String { "device type" }

    /// What `mknod(2)` makes of it.
    public var fileType: FileType {
        switch self {
        case .block: .blockDevice
        case .character, .unbuffered: .characterDevice
        case .fifo: .fifo
        }
    }
}

/// One entry of `linux.devices`.
public struct Device: SpecValue {
    public var type: DeviceType
    /// Absolute, in the container; not only below `/dev`.
    public var path: String
    /// 0 for a FIFO, as the minor number.
    public var major: UInt32
    public var minor: UInt32
    /// Permission bits without the file type; nil leaves the choice to the runtime.
    public var fileMode: UInt32?
    public var uid: UInt32?
    public var gid: UInt32?

    public init(
        type: DeviceType, path: String, major: UInt32 = 0, minor: UInt32 = 0, fileMode: UInt32? = nil, uid: UInt32? = nil,
        gid: UInt32? = nil
    ) {
        self.type = type
        self.path = path
        self.major = major
        self.minor = minor
        self.fileMode = fileMode
        self.uid = uid
        self.gid = gid
    }

    public var number: DeviceNumber { DeviceNumber(major: major, minor: minor) }
}

extension Device {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        type = try fields.required("type").choice()
        guard let path = try fields.absolutePath("path") else { throw value.failure("'path' is missing") }
        self.path = path
        // The kernel's dev_t: 12 bits and 20.
        major = try fields.optional("major")?.integer(in: 0...0xfff) ?? 0
        minor = try fields.optional("minor")?.integer(in: 0...0xf_ffff) ?? 0
        if type != .fifo, fields.optional("major") == nil || fields.optional("minor") == nil {
            throw value.failure("'major' and 'minor' are needed for a device of type '\(type.rawValue)'")
        }
        // Docker and podman have written the whole st_mode here; the type bits say nothing new.
        fileMode = try fields.optional("fileMode")?.integer(in: 0...0o177777 as ClosedRange<UInt32>)
        fileMode? &= 0o7777
        uid = try fields.identifier("uid")
        gid = try fields.identifier("gid")
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("path", path)
        json.member("type", type.rawValue)
        if type != .fifo {
            json.member("major", major)
            json.member("minor", minor)
        }
        json.member("fileMode", fileMode)
        json.member("uid", uid)
        json.member("gid", gid)
    }
}
