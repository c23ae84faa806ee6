public import Digests
public import ImageSpec
import StrictTree

/// What speaks for an image: the signatures beside it, and the digests that stand for it.
public struct TrustEvidence: Sendable {
    public var signatures: [ImageSignature]
    /// Of its manifest, and of indexes that are known to name that.
    public var digests: Set<Digest>

    public init(signatures: [ImageSignature], digests: Set<Digest>) {
        self.signatures = signatures
        self.digests = digests
    }
}

extension TrustPolicy {
    /// Judges an image: its name, nil where it has none, and the digest of its manifest. `evidence` is only asked for where a rule wants signatures.
    ///
    /// `called`: what a person called it, for messages.
    public func verdict<Failure: Error>(
        on reference: ImageReference?, called text: String, digest: Digest,
        _ evidence: () throws(Failure) -> TrustEvidence
    ) throws(Failure) -> TrustVerdict {
        let rule = rule(for: reference)
        var verdict = TrustVerdict(
            image: reference?.description ?? text, digest: digest,
            rule: TrustVerdict.Rule(pattern: rule?.pattern, source: source, position: rule?.position))
        switch rule?.requirement ?? fallback {
        case .accept: verdict.isAccepted = true
        case .reject: verdict.isAccepted = false
        case .signedBy(let required):
            verdict.rule.isRequest = rule == nil
            required.judge(try evidence(), for: reference, &verdict)
            verdict.isAccepted = verdict.signers.count >= required.atLeast
        }
        return verdict
    }
}

extension RequiredSignatures {
    /// Sorts the signatures into keys that count, each once, and signatures that do not.
    fileprivate func judge(_ evidence: TrustEvidence, for reference: ImageReference?, _ verdict: inout TrustVerdict) {
        verdict.needed = TrustVerdict.Count(atLeast: atLeast, of: keys.count)
        for signature in evidence.signatures {
            do throws(Doubt) {
                let key = try signer(of: signature)
                // Order: only what a trusted key has signed is read.
                try check(signature.payload, evidence.digests, reference)
                guard !verdict.signers.contains(key) else { throw Doubt(reason: "\(key.source) counts once") }
                verdict.signers.append(key)
            } catch {
                verdict.discounted.append(TrustVerdict.Discounted(place: signature.place, reason: error.reason))
            }
        }
    }

    /// Why a signature does not count.
    private struct Doubt: Error {
        var reason: String
    }

    private func signer(of signature: ImageSignature) throws(Doubt) -> TrustedKey {
        guard signature.signature != nil else { throw Doubt(reason: signature.unreadable) }
        guard signature.payload.count <= SignaturePayload.limit else {
            throw Doubt(reason: "what was signed has \(signature.payload.count) bytes, more than \(SignaturePayload.limit)")
        }
        do throws(KeyError) {
            for key in keys where try signature.isMade(by: key.key) { return key }
        } catch { throw Doubt(reason: "it cannot be checked: \(error)") }
        throw Doubt(reason: "made by none of the trusted keys, or not for what lies beside it")
    }

    private func check(_ bytes: [UInt8], _ digests: Set<Digest>, _ image: ImageReference?) throws(Doubt) {
        let payload: SignaturePayload
        do throws(TreeError) { payload = try SignaturePayload(json: bytes) } catch {
            throw Doubt(reason: "what was signed: \(error)")
        }
        guard digests.contains(payload.digest) else { throw Doubt(reason: "it is for another image, \(payload.digest)") }
        if let wanted = reference.missed(by: payload, for: image) {
            throw Doubt(reason: "it is for the name '\(payload.name)', not '\(wanted)'")
        }
    }
}
