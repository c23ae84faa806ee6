import CommandSupport
import ImageStore
import ImageTrust
import ImageVerbs
import JournalVerbs
import LinuxTypes

extension ImageSession {
    /// `sign`. Goes on behind one that cannot be signed; the first failure is the exit code.
    func sign(_ arguments: SignArguments) throws(Failure) -> ExitCode {
        let bytes = try Output.read(arguments.key, limit: Self.keyBytes)
        let key: PrivateKey
        do throws(KeyError) { key = try PrivateKey(pem: bytes) } catch {
            throw Failure(.key("cannot read the key '\(arguments.key)'", error), "")
        }
        _ = try store(having: arguments.names[0])
        let store = try store(quiet: true)
        var first: Failure?
        for name in arguments.names {
            do throws(Failure) {
                let signing = try attempt("cannot sign '\(name)'") { () throws(ImageError) in try store.sign(name, with: key) }
                try Output.write("\(signing.wasThere ? "signed before" : "signed"): \(signing.digest) in \(signing.name)\n".utf8)
            } catch {
                if let earlier = first, let message = earlier.message { Log.plain.write(.error, message) }
                first = error
            }
        }
        if let first { throw first }
        return .done
    }

    /// `verify`.
    func verify(_ arguments: VerifyArguments) throws(Failure) -> ExitCode {
        let (store, _) = try store(having: arguments.name)
        if arguments.keys.isEmpty {
            obey(arguments.policy, store)
        } else {
            store.trust = .policy(try Self.policy(arguments))
        }
        let verdict = try attempt("cannot verify '\(arguments.name)'") { () throws(ImageError) in
            try store.verdict(on: arguments.name)
        }
        try Output.write(VerdictText.bytes(verdict, arguments.format))
        return verdict.isAccepted ? .done : .untrusted
    }

    /// The policy of `--trust-policy`, where it was given.
    func obey(_ policy: HostPath?, _ store: ImageStore) {
        if let policy { store.trust = .file(policy) }
    }

    private static func policy(_ arguments: VerifyArguments) throws(Failure) -> TrustPolicy {
        var keys: [TrustedKey] = []
        for path in arguments.keys {
            let bytes = try Output.read(path, limit: keyBytes)
            do throws(KeyError) {
                let key = TrustedKey(key: try PublicKey(pem: bytes), source: path.string)
                if !keys.contains(where: { $0.key == key.key }) { keys.append(key) }
            } catch { throw Failure(.key("cannot read the key '\(path)'", error), "") }
        }
        guard arguments.atLeast <= keys.count else {
            throw Failure("--at-least is \(arguments.atLeast), and the keys are \(keys.count) different ones", exit: .usage)
        }
        return TrustPolicy(requiring: RequiredSignatures(keys: keys, atLeast: arguments.atLeast), source: "--key")
    }

    private static let keyBytes = 64 << 10
}
