internal import PodSpec

/// What a pod's containers may be told of the pod and of the machine.
struct DownwardAPI {
    let pod: Pod
    let machine: Machine

    /// What is not in the manifest.
    struct Machine: Equatable {
        /// The machine's own name.
        var name: String
        /// The machine's addresses, the usual one first; at least one.
        var addresses: [String]
        /// The pod's, likewise.
        var podAddresses: [String]
        /// Processors.
        var processors: Int
        /// Bytes.
        var memory: UInt64
        /// Bytes of the file system that writable layers lie on.
        var storage: UInt64
    }

    func text(of field: PodField) -> String {
        switch field {
        case .name: pod.metadata.name
        case .namespace: pod.metadata.namespace
        case .uid: pod.metadata.uid
        case .label(let key): pod.metadata.labels[key] ?? ""
        case .annotation(let key): pod.metadata.annotations[key] ?? ""
        case .labels: Self.lines(pod.metadata.labels)
        case .annotations: Self.lines(pod.metadata.annotations)
        case .nodeName: machine.name
        case .serviceAccountName: pod.spec.serviceAccountName
        case .hostIP: machine.addresses.first ?? ""
        case .hostIPs: Self.joined(machine.addresses)
        case .podIP: machine.podAddresses.first ?? ""
        case .podIPs: Self.joined(machine.podAddresses)
        }
    }

    /// An amount of a container, or where that has no limit, of the machine. What is not asked for is zero.
    func text(of field: ResourceField, in container: Container) -> String {
        let wanted = field.container.flatMap { name in pod.spec.allContainers.first { $0.name == name } } ?? container
        let asked = field.bound == .limits ? wanted.resources.limits : wanted.resources.requests
        let amount: Quantity?
        switch field.resource {
        case .cpu: amount = asked.cpu
        case .memory: amount = asked.memory
        case .storage: amount = asked.ephemeralStorage
        }
        if let amount, field.bound == .requests || amount.nano > 0 { return field.text(of: amount) }
        return field.text(of: field.bound == .limits ? most(field.resource) : Quantity(nano: 0))
    }

    private func most(_ resource: ResourceField.Resource) -> Quantity {
        let amount: Int128
        switch resource {
        case .cpu: amount = Int128(machine.processors)
        case .memory: amount = Int128(machine.memory)
        case .storage: amount = Int128(machine.storage)
        }
        return Quantity(nano: amount * 1_000_000_000)
    }

    private static func joined(_ texts: [String]) -> String {
        texts.reduce(into: "") { text, part in text += text.isEmpty ? part : "," + part }
    }

    /// `key="value"`, sorted, the values as Go quotes them.
    private static func lines(_ pairs: [String: String]) -> String {
        pairs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .reduce(into: "") { text, pair in text += (text.isEmpty ? "" : "\n") + "\(pair.key)=\(GoText.quoted(pair.value))" }
    }
}

/// Text in double quotes as Go's `%q` writes it, which is what programs that read such files expect.
enum GoText {
    static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "\"") { $0 += escaped($1) } + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\u{07}": return "\\a"
        case "\u{08}": return "\\b"
        case "\u{0c}": return "\\f"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{0b}": return "\\v"
        case "\u{00}"..<"\u{20}", "\u{7f}": return "\\x" + digits(scalar.value, 2)
        default:
            if isPrinted(scalar) { return String(scalar) }
            return scalar.value > 0xffff ? "\\U" + digits(scalar.value, 8) : "\\u" + digits(scalar.value, 4)
        }
    }

    /// Letters, marks, numbers, punctuation, symbols, and of the spaces the ASCII one.
    private static func isPrinted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func digits(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
