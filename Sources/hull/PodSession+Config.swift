import CommandSupport
import JournalVerbs
import LinuxKernel
import LinuxTypes
import PodSandbox
import PodSpec
import PodVerbs
import StrictTree

/// What pods use: ConfigMaps and Secrets.
extension PodSession {
    func apply(_ arguments: ApplyArguments) throws(Failure) -> ExitCode {
        // Order: all manifests are read before anything is kept.
        var manifests: [Manifest] = []
        for file in arguments.files { manifests.append(try readManifest(file, needsPod: false)) }
        for manifest in manifests {
            if !arguments.isQuiet {
                tell(manifest.documents.flatMap(\.notes) + manifest.claims.flatMap(\.notes), of: manifest.name)
                for pod in manifest.pods {
                    note(
                        "\(manifest.name): pod '\(pod.metadata.namespace)/\(pod.metadata.name)' is passed over: 'hull run' runs it"
                    )
                }
            }
        }
        if !arguments.isQuiet { for line in try unlimited(manifests, pods: false) { Log.plain.write(.warning, line) } }
        let changed = try keep(manifests) { line throws(Failure) in
            if !arguments.isQuiet { try Output.write("\(line)\n".utf8) }
        }
        return try refresh(changed, isQuiet: arguments.isQuiet)
    }

    /// Order: last. It leaves the working directory.
    private func refresh(_ changed: [ConfigDocument], isQuiet: Bool) throws(Failure) -> ExitCode {
        let registry = try registry()
        var result = ExitCode.done
        for outcome in try attempt({ () throws(PodError) in try VolumeRefresh.refresh(changed, registry) }) {
            if let error = outcome.error {
                Log.plain.fail("the volumes of pod '\(outcome.pod)' stay as they are: \(error.message)", hint: error.hint)
                result = .failed
            } else if !isQuiet {
                note("pod '\(outcome.pod)' has the new files")
            }
        }
        return result
    }

    /// Keeps what the pods of manifests use. `tell` gets a line for each. Returns the documents that are another than before.
    @discardableResult
    func keep(_ manifests: [Manifest], tell: (String) throws(Failure) -> Void) throws(Failure) -> [ConfigDocument] {
        let documents = manifests.flatMap { $0.documents.map(\.document) }
        let claims = manifests.flatMap { $0.claims.map(\.claim) }
        guard !documents.isEmpty || !claims.isEmpty else { return [] }
        var changed: [ConfigDocument] = []
        let store = try attempt { () throws(PodError) in try ConfigStore(places, isWritable: true) }
        for document in documents {
            let change = try attempt { () throws(PodError) in try store.apply(document, at: wallNanoseconds()) }
            if change != .unchanged { changed.append(document) }
            try tell("\(document.kind.word)/\(document.metadata.namespace)/\(document.metadata.name) \(change.rawValue)")
        }
        guard !claims.isEmpty else { return changed }
        let volumes = try attempt { () throws(PodError) in try VolumeStore(places, isWritable: true) }
        for claim in claims {
            let change = try attempt { () throws(PodError) in try volumes.apply(claim, at: wallNanoseconds()) }
            try tell("persistentvolumeclaim/\(claim.metadata.namespace)/\(claim.metadata.name) \(change.rawValue)")
        }
        return changed
    }

    /// Refuses pods that name what is neither in the manifests nor kept already. What becomes of it later, their containers find out.
    func checkConfig(of manifests: [Manifest]) throws(Failure) {
        let store = try attempt { () throws(PodError) in try ConfigStore(places, isWritable: false) }
        let given = manifests.flatMap { $0.documents.map(\.document) }
        try refuse(manifests) { entry throws(Failure) in
            let namespace = entry.pod.metadata.namespace
            return try attempt { () throws(PodError) in
                try ConfigCheck.findings(of: entry.pod) { kind, name throws(PodError) in
                    let beside = given.first {
                        $0.kind == kind && $0.metadata.name == name && $0.metadata.namespace == namespace
                    }
                    if let beside { return beside }
                    return try store.document(kind, name, in: namespace)
                }
            }
        }
    }

    /// Refuses pods that ask for what this machine has not.
    func checkMachine(of manifests: [Manifest], _ configuration: MachineConfiguration) throws(Failure) {
        let check = MachineCheck(places, configuration)
        try refuse(manifests) { entry throws(Failure) in
            try attempt { () throws(PodError) in try check.findings(of: entry.pod) }
        }
    }

    /// Sizes to which nobody will be held on this machine, each with its place.
    func unlimited(_ manifests: [Manifest], pods arePods: Bool) throws(Failure) -> [String] {
        let check = MachineCheck(places)
        var lines: [String] = []
        for manifest in manifests {
            for entry in arePods ? manifest.entries : [] {
                for note in try attempt({ () throws(PodError) in try check.unlimited(entry.pod) }) {
                    lines.append("\(manifest.name)\(Self.place(note.path, entry)): \(note.path): \(note.message)")
                }
            }
            for entry in manifest.claims {
                if let note = try attempt({ () throws(PodError) in try check.unlimited(entry.claim) }) {
                    lines.append("\(manifest.name): \(note)")
                }
            }
        }
        return lines
    }

    private static func place(_ path: String, _ entry: Manifest.Entry) -> String {
        entry.position(of: path).map { ":\($0.line):\($0.column)" } ?? ""
    }

    private func refuse(
        _ manifests: [Manifest], _ look: (Manifest.Entry) throws(Failure) -> [ConfigCheck.Finding]
    ) throws(Failure) {
        var problems: [(line: String, hint: String)] = []
        for manifest in manifests {
            for entry in manifest.entries {
                for finding in try look(entry) {
                    let place = Self.place(finding.path, entry)
                    problems.append(("\(manifest.name)\(place): \(finding.path): \(finding.message)", finding.hint))
                }
            }
        }
        for problem in problems.dropLast() { Log.plain.fail(problem.line) }
        if let last = problems.last { throw Failure(last.line, hint: last.hint, exit: .usage) }
    }

    func readManifest(
        _ file: HostPath?, needsPod: Bool, _ tuning: TuningFlags = TuningFlags()
    ) throws(Failure) -> Manifest {
        let name = file?.string ?? "stdin"
        let bytes = try Output.read(file, limit: Manifest.limits.maxBytes)
        do throws(ManifestError) {
            var manifest = try Manifest.read(bytes, name: name, needsPod: needsPod)
            try manifest.annotate(tuning.annotations)
            return manifest
        } catch {
            for line in error.lines.dropLast() { Log.plain.fail(line) }
            throw Failure(error.lines.last ?? "\(error)", exit: .usage)
        }
    }

    /// What has no effect, and what is left out.
    func tell(_ notes: [Note], of name: String) {
        let inert = notes.filter { $0.kind == .inert }.map(\.path)
        if !inert.isEmpty { note("\(name): without effect on one machine: \(inert.joined(separator: ", "))") }
        for warning in notes where warning.kind == .warning { Log.plain.write(.warning, "\(name): \(warning)") }
    }

    func config(_ arguments: ConfigArguments) throws(Failure) -> ExitCode {
        let store = try attempt { () throws(PodError) in try ConfigStore(places, isWritable: arguments.action == .remove) }
        switch arguments.action {
        case .list: try list(store, arguments)
        case .inspect: try inspect(store, arguments)
        case .remove:
            for reference in arguments.references {
                do throws(PodError) {
                    try store.remove(reference.kind, reference.name, in: reference.namespace)
                } catch {
                    if error.kind == .missing, arguments.force { continue }
                    throw Failure(error)
                }
                try Output.write("\(reference)\n".utf8)
            }
        }
        return .done
    }

    private func list(_ store: ConfigStore, _ arguments: ConfigArguments) throws(Failure) {
        let lines = try attempt { () throws(PodError) in try store.list() }
            .filter { arguments.namespace == nil || $0.metadata.namespace == arguments.namespace }
        if let format = arguments.output.ofDocuments { return try Output.write(one: ConfigTable.json(lines), as: format) }
        guard arguments.output == .name else {
            let table = ConfigTable(hasNamespaces: arguments.namespace == nil)
            return try Output.write(table.text(lines, now: wallNanoseconds(), in: Output.textStyle).utf8)
        }
        let names = lines.map { "\($0.kind.word)/\($0.metadata.namespace)/\($0.metadata.name)\n" }
        try Output.write(names.joined().utf8)
    }

    private func inspect(_ store: ConfigStore, _ arguments: ConfigArguments) throws(Failure) {
        var documents: [[UInt8]] = []
        for reference in arguments.references {
            let found = try attempt { () throws(PodError) in
                try store.document(reference.kind, reference.name, in: reference.namespace)
            }
            guard let found else {
                throw Failure(
                    "there is no \(reference.kind.rawValue) '\(reference.name)' in namespace '\(reference.namespace)'",
                    hint: "'hull config ls -A' lists all",
                    exit: .notFound)
            }
            documents.append(found.json { "<secret \(reference.name)/\($0)>" })
        }
        try printDocuments(documents, arguments.output == .table ? .yaml : arguments.output, isList: documents.count > 1)
    }
}
