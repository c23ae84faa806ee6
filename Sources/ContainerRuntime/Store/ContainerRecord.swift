import Cgroups
import LinuxKernel
import OCISpec
import StrictTree

/// What is recorded of one container. The kernel is asked before any of it is believed.
struct ContainerRecord: Equatable, Sendable {
    /// How far the container has come. What happens outside our sight, a program that ends, is not a phase: the kernel knows it.
    enum Phase: String, Sendable {
        /// Claimed by `owner`, who is making it. Where the owner is dead it never came to be.
        case creating
        /// Its init waits on the start socket, or has gone on since.
        case created
        /// Its program was executed, or its init is one word away from it.
        case running
        /// Being taken apart by `owner`.
        case deleting
    }

    var phase: Phase
    var ociVersion: String
    var bundle: String
    var rootfs: String
    /// RFC 3339.
    var created: String
    /// The name or number of the user who made it.
    var ownerName: String
    /// The process that is at work on it now.
    var owner: ProcessIdentity?
    /// Its init, once there is one.
    var initProcess: ProcessIdentity?
    var cgroup: Location
    var annotations: OrderedMap<String>
    /// Whether the configuration has hooks of these kinds: without any it need not be read again to start or to delete.
    var hasPoststartHooks: Bool
    var hasStartContainerHooks: Bool
    var hasPoststopHooks: Bool
}

extension ContainerRecord {
    /// One JSON object.
    func encoded() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("phase", phase.rawValue)
            json.member("ociVersion", ociVersion)
            json.member("bundle", bundle)
            json.member("rootfs", rootfs)
            json.member("created", created)
            json.member("ownerName", ownerName)
            Self.write(owner, "owner", &json)
            Self.write(initProcess, "init", &json)
            json.array("cgroups") { json in
                for directory in cgroup.directories {
                    json.object { json in
                        json.member("version", directory.version)
                        json.member("controllers", directory.controllers)
                        json.member("mountPoint", directory.mountPoint)
                        json.member("path", directory.path)
                        json.member("made", directory.made)
                        json.member("id", directory.id)
                    }
                }
            }
            json.member("hasPoststartHooks", hasPoststartHooks)
            json.member("hasStartContainerHooks", hasStartContainerHooks)
            json.member("hasPoststopHooks", hasPoststopHooks)
            json.object("annotations") { json in
                for entry in annotations.entries { json.member(entry.key, entry.value) }
            }
        }
        return json.bytes
    }

    private static func write(_ process: ProcessIdentity?, _ key: String, _ json: inout JSONWriter) {
        guard let process else { return }
        json.object(key) { json in
            json.member("boot", process.bootID)
            json.member("pid", process.pid)
            json.member("start", process.startTime)
        }
    }
}

extension ContainerRecord {
    init(decoding bytes: [UInt8]) throws(TreeError) {
        let document = try Document(json: bytes)
        var fields = try Fields(document.root)
        let phase = try fields.required("phase")
        guard let known = Phase(rawValue: try phase.string) else { throw phase.failure("no phase of this version") }
        self.phase = known
        ociVersion = try fields.required("ociVersion").string
        bundle = try fields.required("bundle").string
        rootfs = try fields.required("rootfs").string
        created = try fields.required("created").string
        ownerName = try fields.required("ownerName").string
        owner = try Self.process(fields.optional("owner"))
        initProcess = try Self.process(fields.optional("init"))
        cgroup = try Self.location(fields.optional("cgroups"))
        hasPoststartHooks = try fields.required("hasPoststartHooks").bool
        hasStartContainerHooks = try fields.required("hasStartContainerHooks").bool
        hasPoststopHooks = try fields.required("hasPoststopHooks").bool
        annotations = [:]
        if let members = try fields.optional("annotations")?.members {
            for member in members { annotations[try member.key] = try member.value.string }
        }
    }

    private static func process(_ value: Value?) throws(TreeError) -> ProcessIdentity? {
        guard let value else { return nil }
        var fields = try Fields(value)
        return ProcessIdentity(
            bootID: try fields.required("boot").string, pid: try fields.required("pid").integer(in: 1...Int32.max),
            startTime: try fields.required("start").unsigned)
    }

    private static func location(_ value: Value?) throws(TreeError) -> Location {
        var directories: [Location.Directory] = []
        if let value {
            for element in try value.array {
                var fields = try Fields(element)
                directories.append(
                    Location.Directory(
                        version: try fields.required("version").integer(in: 1...2),
                        controllers: try fields.required("controllers").string,
                        mountPoint: try fields.required("mountPoint").string, path: try fields.required("path").string,
                        made: try fields.required("made").integer(in: 0...255), id: try fields.required("id").unsigned))
            }
        }
        return Location(directories: directories)
    }
}
