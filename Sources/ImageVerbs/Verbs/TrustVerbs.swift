public import CommandSupport
import JournalVerbs
public import LinuxTypes

/// What `sign` was given.
public struct SignArguments: Hashable, Sendable {
    public var key: HostPath
    public var names: [String] = []
}

/// The grammar of `sign`.
enum SignVerb {
    static let options = [Option("key", "k", value: "KEY", help: "the private key: PEM of PKCS #8, without a password")]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> SignArguments {
        var key: HostPath?
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            if case .value(_, let text) = token { key = try reader.path(text, "--key") }
        }
        _ = try verb.operand(0, "name of an image")
        guard let key else { throw verb.reader.wrong("there is no --key KEY to sign with") }
        return SignArguments(key: key, names: verb.operands)
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "sign --key KEY NAME…",
            about: """
                Signs images, each under the repository of its name, and puts the signatures beside them as cosign does: an artifact named
                REPOSITORY:sha256-HEX.sig, which 'save --signatures' gives out and 'load' takes in. What the key has signed already stays as
                it is. Keys are ECDSA P-256 or Ed25519; encrypted ones, cosign's among them, are not read.
                """,
            options: options,
            examples: [
                (
                    "openssl genpkey -algorithm ED25519 -out own.key && openssl pkey -in own.key -pubout -out own.pub",
                    "a pair of keys"
                ),
                ("hull image sign --key own.key app:1", "sign"),
            ])
    }
}

/// What `verify` was given.
public struct VerifyArguments: Hashable, Sendable {
    public var name: String
    /// Public keys; where there are any, no policy is asked.
    public var keys: [HostPath] = []
    public var atLeast = 1
    public var policy: HostPath?
    public var format = OutputFormat.table
}

/// The grammar of `verify`.
enum VerifyVerb {
    static let options = [
        Option("key", "k", value: "PUB", help: "a public key that must have signed, whatever a policy says; may be repeated"),
        Option("at-least", value: "N", help: "how many of these keys must have signed (default 1)"), ImageOption.trustPolicy,
        Option("output", "o", value: "FORMAT", help: "table or json"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> VerifyArguments {
        var arguments = VerifyArguments(name: "")
        var atLeast: Int?
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            switch token {
            case .value("key", let text): arguments.keys.append(try reader.path(text, "--key"))
            case .value("at-least", let text): atLeast = Int(try reader.number(text, "--at-least", as: UInt16.self))
            case .value("trust-policy", let text): arguments.policy = try reader.path(text, "--trust-policy")
            case .value("output", let text): arguments.format = try reader.choice(text, "--output")
            default: break
            }
        }
        arguments.name = try verb.operand(0, "name of an image")
        guard arguments.keys.isEmpty || arguments.policy == nil else {
            throw verb.reader.wrong("--key and --trust-policy exclude each other")
        }
        if let atLeast {
            guard (1...max(arguments.keys.count, 1)).contains(atLeast), !arguments.keys.isEmpty else {
                throw verb.reader.wrong("--at-least is from 1 to the number of keys that --key gives, not '\(atLeast)'")
            }
            arguments.atLeast = atLeast
        }
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "verify [OPTIONS] NAME",
            about: """
                Asks the trust policy whether an image may be used, or, with --key, whether these keys have signed it, and prints the verdict: the
                rule that decided, who signed, and which signatures do not count, and why. Ends with 0 where the image is accepted and with 7
                where it is rejected. The policy is /etc/hull/trust.json; where there is none, every image is accepted. 'check' reads the image's
                files again; this reads its manifest, which names them all by digest.
                """,
            options: options,
            examples: [
                ("hull image verify --key own.pub app:1", "has this key signed it?"),
                ("hull image verify --trust-policy new.json app:1", "try a policy"),
            ])
    }
}
