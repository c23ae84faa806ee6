public import LinuxTypes

/// A file or directory of the host.
public struct HostPathVolume: Equatable, Sendable {
    /// Absolute, without `..`.
    public var path: HostPath
    public var type: HostPathType

    public init(path: HostPath, type: HostPathType = .unchecked) {
        self.path = path
        self.type = type
    }
}

/// What must be at a host path, or is made there.
public enum HostPathType: String, FieldChoice {
    /// Whatever is there.
    case unchecked = ""
    /// Made with mode 0755 where it is absent.
    case directoryOrCreate = "DirectoryOrCreate"
    case directory = "Directory"
    /// Made empty with mode 0644 where it is absent; its directory must exist.
    case fileOrCreate = "FileOrCreate"
    case file = "File"
    case socket = "Socket"
    case characterDevice = "CharDevice"
    case blockDevice = "BlockDevice"

    public static let noun = "host path type"
}
