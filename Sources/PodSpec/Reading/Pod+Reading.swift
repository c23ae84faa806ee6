import StrictTree

extension Pod {
    /// Reads an object whose kind is known; nil where it is none. What is wrong is in the report.
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .pod, report)
        let place = fields.required("metadata")
        guard let metadata = place.flatMap({ ObjectMeta(reading: $0, report) }),
            var spec = fields.required("spec").flatMap({ Spec(reading: $0, report) })
        else { return nil }
        AppArmorAnnotations.apply(place, to: &spec, report)
        spec.tuning = TuningReader(place, of: spec, report).tuning
        self.init(metadata: metadata, spec: spec, document: CanonicalJSON(value))
    }
}

extension Pod.Spec {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .podSpec, report)
        self.init(containers: [])
        readNamespaces(fields)
        readNames(fields)
        restartPolicy = fields.choice("restartPolicy") ?? .always
        terminationGracePeriodSeconds = fields.gracePeriod()
        securityContext =
            fields.value("securityContext")
            .flatMap { PodSecurityContext(reading: $0, hostNetwork: hostNetwork, hostIPC: hostIPC, report) }
            ?? PodSecurityContext()
        // Noted as inert; what is no string has no effect either.
        serviceAccountName = (try? value.member("serviceAccountName")?.string).flatMap { $0.isEmpty ? nil : $0 } ?? "default"
        let volumes = VolumeList(fields.elements("volumes"), report)
        self.volumes = volumes.volumes
        func surroundings(isInit: Bool) -> ContainerSurroundings {
            ContainerSurroundings(
                hostNetwork: hostNetwork, hostUsers: hostUsers, isInit: isInit, volumes: volumes, security: securityContext)
        }
        var names = UniqueNames(noun: "container")
        initContainers = fields.containers("initContainers", in: surroundings(isInit: true), &names)
        containers = fields.containers("containers", in: surroundings(isInit: false), &names)
        checkHostPorts(fields)
        checkResourceFields(fields)
        settleHugePages(fields)
        if fields.required("containers")?.isEmptyArray == true { report.refuse(value, "a pod has at least one container") }
        checkUsers(fields)
        readResources(fields)
        if let os = fields.value("os") { FieldReader(os, .podOS, report).only("name", ["linux"], "containers are of Linux here") }
    }

    private mutating func readNamespaces(_ fields: FieldReader) {
        hostNetwork = fields.flag("hostNetwork")
        hostPID = fields.flag("hostPID")
        hostIPC = fields.flag("hostIPC")
        shareProcessNamespace = fields.flag("shareProcessNamespace")
        hostUsers = fields.bool("hostUsers") ?? true
        if shareProcessNamespace, hostPID, let place = fields.value("shareProcessNamespace") {
            fields.report.refuse(place, "a pod with 'hostPID' shares the host's processes, not its own")
        }
    }

    /// A port of the host leads to one container. With the host's network every port of a container is the host's, which only one of them can listen on.
    private func checkHostPorts(_ fields: FieldReader) {
        var taken: [(port: ContainerPort, holder: String)] = []
        for (container, element) in zip(containers, fields.elements("containers")) {
            for port in container.ports {
                var port = port
                if hostNetwork { (port.hostPort, port.hostIP) = (port.containerPort, nil) }
                guard let number = port.hostPort else { continue }
                if let (_, holder) = taken.first(where: { $0.port.collides(with: port) }) {
                    fields.report.refuse(
                        element,
                        "port \(number)/\(port.protocolName.rawValue) of the host is given to the container '\(holder)' already")
                }
                taken.append((port, container.name))
            }
        }
    }

    /// A container may be told the resources of another one, which must be there.
    private func checkResourceFields(_ fields: FieldReader) {
        func unknown(_ field: ResourceField) -> String? {
            field.container.flatMap { name in allContainers.contains { $0.name == name } ? nil : name }
        }
        for (container, element) in zip(
            initContainers + containers, fields.elements("initContainers") + fields.elements("containers"))
        {
            for variable in container.env {
                guard case .resource(let field) = variable.source, let name = unknown(field) else { continue }
                fields.report.refuse(
                    element, "the variable '\(variable.name)' is of a container '\(name)', which the pod has not")
            }
        }
        for volume in volumes {
            guard case .projected(let projected) = volume.source else { continue }
            for case .pod(let files) in projected.sources {
                for file in files {
                    guard case .resource(let field) = file.content, let name = unknown(field) else { continue }
                    fields.report.refuse(
                        element(of: volume, fields), "the file '\(file.path)' is of a container '\(name)', which the pod has not")
                }
            }
        }
    }

    /// Where a volume stands in the manifest.
    private func element(of volume: Volume, _ fields: FieldReader) -> Value {
        // What has no name was reported as that.
        fields.elements("volumes").first { (try? $0.member("name")?.string) == volume.name } ?? fields.object
    }

    /// Volumes of huge pages are charged to the containers that write them: one of them must have some, and says which size is meant.
    private mutating func settleHugePages(_ fields: FieldReader) {
        let sizes = Set(allContainers.flatMap(\.resources.limits.hugePages.keys))
        for (index, volume) in volumes.enumerated() {
            guard case .emptyDir(var empty) = volume.source, case .hugePages(let asked) = empty.medium else { continue }
            guard let size = asked ?? (sizes.count == 1 ? sizes.first : nil), sizes.contains(size) else {
                let words =
                    asked == nil && sizes.count > 1
                    ? "the pod has huge pages of several sizes: say which, as HugePages-2Mi"
                    : "no container of the pod has a limit of such huge pages: give one 'hugepages-2Mi' or the like"
                fields.report.refuse(element(of: volume, fields), "volume '\(volume.name)': \(words)")
                continue
            }
            empty.medium = .hugePages(size)
            volumes[index].source = .emptyDir(empty)
        }
    }

    private mutating func readNames(_ fields: FieldReader) {
        hostname = fields.name("hostname", .label, "host name")
        subdomain = fields.name("subdomain", .label, "subdomain")
        setHostnameAsFQDN = fields.flag("setHostnameAsFQDN")
        readHostnameOverride(fields)
        hostAliases = fields.list("hostAliases", HostAlias.init(reading:_:))
        dnsPolicy = fields.choice("dnsPolicy") ?? .clusterFirst
        dnsConfig = fields.value("dnsConfig").flatMap { DNSConfig(reading: $0, fields.report) }
        if dnsPolicy == .configOnly, dnsConfig?.nameservers.isEmpty ?? true, let place = fields.value("dnsPolicy") {
            fields.report.refuse(place, "the policy 'None' needs at least one of 'dnsConfig.nameservers'")
        }
    }
}

extension Pod.Spec {
    fileprivate mutating func readHostnameOverride(_ fields: FieldReader) {
        hostnameOverride = fields.name("hostnameOverride", .subdomain, "host name")
        guard let name = hostnameOverride, let place = fields.value("hostnameOverride") else { return }
        if name.utf8.count > 64 { fields.report.refuse(place, "the kernel takes host names of up to 64 bytes: shorten it") }
        if setHostnameAsFQDN { fields.report.refuse(place, "it and 'setHostnameAsFQDN' exclude each other: take one off") }
        if hostNetwork { fields.report.refuse(place, "with 'hostNetwork' the pod has the machine's name: take one of them off") }
    }
}

extension FieldReader {
    /// Kubernetes takes what is below zero for one second.
    fileprivate func gracePeriod() -> Int64 {
        guard let seconds = integer("terminationGracePeriodSeconds", in: Int64.min...Int64(Int32.max)) else { return 30 }
        return seconds < 0 ? 1 : seconds
    }

    fileprivate func containers(
        _ field: StaticString, in surroundings: ContainerSurroundings, _ names: inout UniqueNames
    ) -> [Container] {
        elements(field).compactMap { element in
            guard let container = Container(reading: element, in: surroundings, report) else { return nil }
            names.take(container.name, at: element, report)
            return container
        }
    }

    /// A field that Hull only knows with the value that is its default.
    func only(_ field: StaticString, _ known: Bool, _ reason: String) {
        guard let value = value(field), let given = bool(field), given != known else { return }
        report.refuse(value, "only \(known) is supported here: \(reason)")
    }

    /// A field that Hull only knows with these values.
    func only(_ field: StaticString, _ known: [String], _ reason: String) {
        guard let value = value(field), let given = text(value), !given.isEmpty, !known.contains(given) else { return }
        report.refuse(value, "'\(given)' is not supported: \(reason)")
    }
}

/// Names that may occur once.
struct UniqueNames {
    let noun: String
    private var taken: Set<String> = []

    init(noun: String) { self.noun = noun }

    mutating func take(_ name: String, at value: Value, _ report: Report) {
        // What was not given or not valid was reported as that.
        guard !name.isEmpty, !taken.insert(name).inserted else { return }
        report.refuse(value, "there is another \(noun) '\(name)' before this one")
    }
}
