extension Pod {
    /// Whether it has a name and a uid.
    public var isIdentified: Bool { !metadata.name.isEmpty && !metadata.uid.isEmpty }

    /// Fills in what the manifest left open: the uid, and behind `generateName` a suffix.
    ///
    /// Both come from the caller, since nothing here is random: a UUID, and five of `bcdfghjklmnpqrstvwxz2456789`. What the manifest says stays.
    public mutating func identify(uid: String, suffix: String) {
        if metadata.uid.isEmpty { metadata.uid = uid }
        guard metadata.name.isEmpty else { return }
        // 58 bytes and the suffix fit in a label, which the name becomes as host name.
        metadata.name = Syntax.cut(metadata.generateName ?? "", to: 58) + suffix
        metadata.generateName = nil
    }

    /// Puts the pod into the machine's network, whatever its manifest says; the document stays as it was written.
    public mutating func useHostNetwork() { spec.hostNetwork = true }

    /// The pod that its document with these annotations is, in the place of those that it has. Throws what a manifest with them would be refused for.
    public func annotated(_ annotations: [String: String]) throws(ManifestError) -> Pod {
        var document = document
        document.annotations = annotations
        return try Manifest.read(document.filled(with: metadata), name: "the command line").pods[0]
    }

    /// Gives the pod other labels than its manifest says; the document stays as it was written.
    public mutating func relabel(_ labels: [String: String]) { metadata.labels = labels }

    /// The document as canonical JSON: keys sorted, no `null`, no white space; name, namespace and uid filled in where it had none.
    ///
    /// `init(json:)` reads an equal pod from it. Fields without effect here are in it as they were written.
    public var json: [UInt8] { document.filled(with: metadata) }

    /// The host name inside: what the spec says, or the pod's name cut to 63 bytes.
    public var hostname: String { spec.hostnameOverride ?? spec.hostname ?? Syntax.trimmed(Syntax.cut(metadata.name, to: 63)) }
}
