public import CommandSupport
import Digests
public import ImageTrust
import StrictTree

/// What `verify` prints.
public enum VerdictText {
    public static func bytes(_ verdict: TrustVerdict, _ format: OutputFormat) -> [UInt8] {
        format == .json ? json(verdict) : Array(lines(verdict).map { PlainText.line($0) + "\n" }.joined().utf8)
    }

    private static func lines(_ verdict: TrustVerdict) -> [String] {
        var lines = ["image: \(verdict.image)", "digest: \(verdict.digest)", "\(verdict)"]
        for signer in verdict.signers { lines.append("signed by: \(signer)") }
        for other in verdict.discounted { lines.append("not counted: \(other.place): \(other.reason)") }
        return lines
    }

    private static func json(_ verdict: TrustVerdict) -> [UInt8] {
        var json = JSONWriter(.spaces(2))
        json.object { json in
            json.member("image", verdict.image)
            json.member("digest", verdict.digest.description)
            json.member("accepted", verdict.isAccepted)
            json.member("reason", "\(verdict)")
            json.object("rule") { json in
                json.member("policy", verdict.rule.source)
                json.member("images", verdict.rule.pattern?.description)
                json.member("line", verdict.rule.position?.line)
                json.member("column", verdict.rule.position?.column)
            }
            json.member("atLeast", verdict.needed?.atLeast)
            json.member("keys", verdict.needed?.of)
            json.array("signedBy") { json in
                for signer in verdict.signers {
                    json.object { json in
                        json.member("key", signer.source)
                        json.member("algorithm", signer.key.algorithm.rawValue)
                        json.member("fingerprint", signer.key.fingerprint.description)
                    }
                }
            }
            json.array("notCounted") { json in
                for other in verdict.discounted {
                    json.object { json in
                        json.member("signature", other.place)
                        json.member("reason", other.reason)
                    }
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
