import LinuxTypes
import StrictTree

/// What the fields of a container are checked against.
struct ContainerSurroundings {
    let hostNetwork: Bool
    let hostUsers: Bool
    /// Whether it is to end before the others start.
    let isInit: Bool
    let volumes: VolumeList
    let security: PodSecurityContext
}

extension Container {
    init?(reading value: Value, in surroundings: ContainerSurroundings, _ report: Report) {
        let fields = FieldReader(value, .container, report)
        guard value.kind == .object else { return nil }
        let name = fields.required("name").flatMap { _ in fields.name("name", .label, "container name") }
        let image = fields.image()
        self.init(
            name: name ?? "", image: image, imagePullPolicy: fields.choice("imagePullPolicy") ?? .default(for: image),
            terminationMessagePath: fields.path("terminationMessagePath") ?? ContainerPath(literal: "/dev/termination-log"))
        command = fields.strings("command")
        args = fields.strings("args")
        workingDir = fields.path("workingDir")
        env = fields.list("env", EnvironmentVariable.init(reading:_:))
        envFrom = fields.list("envFrom", EnvironmentDocument.init(reading:_:))
        readPorts(fields, in: surroundings)
        readMounts(fields, of: surroundings.volumes)
        tty = fields.flag("tty")
        stdin = fields.flag("stdin")
        stdinOnce = fields.flag("stdinOnce")
        terminationMessagePolicy = fields.choice("terminationMessagePolicy") ?? .file
        resources = fields.value("resources").flatMap { ResourceRequirements(reading: $0, report) } ?? ResourceRequirements()
        if let place = fields.value("securityContext"), let context = SecurityContext(reading: place, report) {
            securityContext = context
        }
        checkUser(fields, pod: surroundings.security)
        checkPropagation(fields, in: surroundings)
        readResizePolicy(fields)
    }

    /// Who mounts on the machine has power over it.
    private func checkPropagation(_ fields: FieldReader, in surroundings: ContainerSurroundings) {
        for (mount, element) in zip(volumeMounts, fields.elements("volumeMounts")) where mount.propagation == .bidirectional {
            if !securityContext.privileged {
                fields.report.refuse(
                    element, "'mountPropagation: Bidirectional' is for privileged containers: set 'privileged', or take it off")
            } else if !surroundings.hostUsers {
                fields.report.refuse(element, "with 'hostUsers: false' a container passes no mounts to the machine: take it off")
            }
        }
    }

    private func readResizePolicy(_ fields: FieldReader) {
        for element in fields.elements("resizePolicy") {
            let policy = FieldReader(element, .resizePolicy, fields.report)
            policy.only("resourceName", ["cpu", "memory"], "only 'cpu' and 'memory' can be resized")
            policy.only("restartPolicy", ["NotRequired"], "'hull resize' never restarts: take 'NotRequired'")
            _ = (policy.required("resourceName"), policy.required("restartPolicy"))
        }
    }

    /// A container that may not be root and is told to be would never start.
    private func checkUser(_ fields: FieldReader, pod: PodSecurityContext) {
        guard securityContext.runAsNonRoot ?? pod.runAsNonRoot ?? false, securityContext.runAsUser ?? pod.runAsUser == 0 else {
            return
        }
        fields.report.refuse(fields.object, "with 'runAsNonRoot' the container cannot be user 0, which 'runAsUser' says")
    }

    private mutating func readPorts(_ fields: FieldReader, in surroundings: ContainerSurroundings) {
        var names = UniqueNames(noun: "port")
        ports = fields.elements("ports").compactMap { element in
            guard let port = ContainerPort(reading: element, in: surroundings, fields.report) else { return nil }
            names.take(port.name ?? "", at: element, fields.report)
            return port
        }
    }

    private mutating func readMounts(_ fields: FieldReader, of volumes: VolumeList) {
        var places = UniqueNames(noun: "mount at")
        volumeMounts = fields.elements("volumeMounts").compactMap { element in
            guard let mount = VolumeMount(reading: element, of: volumes, fields.report) else { return nil }
            places.take(mount.mountPath.normalized, at: element, fields.report)
            return mount
        }
    }
}

extension PullPolicy {
    /// `Always` for the tag `latest` and for neither tag nor digest.
    static func `default`(for image: String) -> PullPolicy {
        let bytes = Array(image.utf8)
        guard !bytes.contains(UInt8(ascii: "@")) else { return .ifNotPresent }
        let last = bytes.split(separator: Syntax.slash).last ?? []
        guard let colon = last.firstIndex(of: UInt8(ascii: ":")) else { return .always }
        return last[(colon + 1)...].elementsEqual("latest".utf8) ? .always : .ifNotPresent
    }
}

extension ContainerPort {
    fileprivate init?(reading value: Value, in surroundings: ContainerSurroundings, _ report: Report) {
        let fields = FieldReader(value, .containerPort, report)
        let name = fields.name("name", .portName, "name of a port")
        let transport: TransportProtocol? = fields.choice("protocol")
        // Zero is absent, as for Go programs.
        let asked: UInt16? = fields.integer("hostPort", in: 0...UInt16.max)
        let hostPort = asked == 0 ? nil : asked
        let hostIP = fields.hostAddress("hostIP")
        guard fields.required("containerPort") != nil, let port: UInt16 = fields.integer("containerPort", in: 1...UInt16.max)
        else {
            return nil
        }
        if let hostPort, let place = fields.value("hostPort") {
            if surroundings.hostNetwork, hostPort != port {
                report.refuse(place, "with 'hostNetwork' the port of the host is the container's, \(port)")
            } else if surroundings.isInit, !surroundings.hostNetwork {
                report.refuse(place, "an init container has no port of the host: give it to one that stays")
            }
        }
        if hostIP != nil, let place = fields.value("hostIP") {
            if surroundings.hostNetwork {
                report.note(.inert, place, "with 'hostNetwork' the program itself says where it listens")
            } else if fields.value("hostPort") == nil {
                report.note(.inert, place, "there is no 'hostPort' beside it")
            }
        }
        self.init(name: name, containerPort: port, protocolName: transport ?? .tcp, hostPort: hostPort, hostIP: hostIP)
    }
}

extension FieldReader {
    /// nil for what is absent, empty, or every address of the host.
    fileprivate func hostAddress(_ name: StaticString) -> String? {
        guard let value = value(name), let text = text(value), !text.isEmpty else { return nil }
        guard AddressSyntax.isIPv4(text) || AddressSyntax.isIPv6(text) else {
            report.refuse(value, "'\(text)' is no address")
            return nil
        }
        return ["0.0.0.0", "::"].contains(text) ? nil : text
    }
}

extension VolumeMount {
    /// Whether a text is a path below a volume: `.` is the volume itself.
    public static func isPart(_ path: String) -> Bool {
        path.utf8.split(separator: Syntax.slash).allSatisfy { $0.elementsEqual(".".utf8) }
            ? path.utf8.first != Syntax.slash : Syntax.isPathBelow(path)
    }

    fileprivate init?(reading value: Value, of volumes: VolumeList, _ report: Report) {
        // First: what is left out is not looked into, nor refused. What is no object is reported below.
        if let name = try? value.member("name")?.string, volumes.omitted.contains(name) {
            report.warn(value, "its volume is left out, and so is the mount")
            return nil
        }
        let fields = FieldReader(value, .volumeMount, report)
        let propagation: MountPassing? = fields.choice("mountPropagation")
        let readOnly = fields.flag("readOnly")
        let isRecursive = fields.isRecursivelyReadOnly(readOnly)
        let part = fields.part()
        let path = fields.mountPath()
        guard let place = fields.required("name"), let name = fields.text(place), let path else { return nil }
        if !volumes.names.contains(name) {
            report.refuse(place, "the pod has no volume '\(name)'\(Suggestion.hint(for: name, in: volumes.names.sorted()))")
        }
        self.init(name: name, mountPath: path, readOnly: readOnly)
        isRecursivelyReadOnly = isRecursive
        self.part = part
        self.propagation = propagation ?? .none
        if isRecursive, self.propagation != .none, let place = fields.value("mountPropagation") {
            report.refuse(
                place, "what the machine mounts below it later would not be read-only: with 'recursiveReadOnly' it is 'None'")
        }
        if self.propagation == .bidirectional, let place = fields.value("mountPropagation") {
            checkBidirectional(place, of: volumes, report)
        }
    }

    private func checkBidirectional(_ place: Value, of volumes: VolumeList, _ report: Report) {
        if part != nil { report.refuse(place, "a 'subPath' passes no mounts to the machine: mount the whole volume") }
        if case .hostPath? = volumes.volumes.first(where: { $0.name == name })?.source { return }
        report.refuse(place, "only a hostPath can pass mounts to the machine: take 'HostToContainer' or 'None'")
    }
}

extension FieldReader {
    fileprivate func image() -> String {
        guard let value = required("image"), let text = text(value) else { return "" }
        if text.isEmpty { report.refuse(value, "the image has no name") }
        if let first = text.utf8.first, let last = text.utf8.last, first <= 0x20 || last <= 0x20 {
            report.refuse(value, "the name of an image has no blanks at its ends")
        }
        return text
    }

    /// `IfPossible` is possible: the kernels that run Hull can.
    fileprivate func isRecursivelyReadOnly(_ isReadOnly: Bool) -> Bool {
        guard let place = value("recursiveReadOnly"), let word = text(place), !word.isEmpty, word != "Disabled" else {
            return false
        }
        guard ["Enabled", "IfPossible"].contains(word) else {
            report.refuse(place, "unknown mode '\(word)': it is one of 'Disabled', 'IfPossible', 'Enabled'")
            return false
        }
        if !isReadOnly { report.refuse(place, "what is not 'readOnly' is not so recursively") }
        return true
    }

    fileprivate func part() -> VolumeMount.Part? {
        let (path, expression) = (text("subPath"), text("subPathExpr"))
        if path != nil, expression != nil { report.refuse(object, "a mount has a 'subPath' or a 'subPathExpr', not both") }
        for (name, text) in [("subPath", path), ("subPathExpr", expression)] {
            guard let text, let place = name == "subPath" ? value("subPath") : value("subPathExpr") else { continue }
            if !VolumeMount.isPart(text) { report.refuse(place, "'\(text)' is no relative path without '..'") }
        }
        return path.map(VolumeMount.Part.path) ?? expression.map(VolumeMount.Part.expression)
    }

    fileprivate func mountPath() -> ContainerPath? {
        guard let value = required("mountPath"), let text = text(value) else { return nil }
        if text.isEmpty { report.refuse(value, "a mount has a path") }
        return ContainerPath(text)
    }

    /// nil for what is absent or empty.
    fileprivate func path(_ name: StaticString) -> ContainerPath? { text(name).flatMap(ContainerPath.init) }
}
