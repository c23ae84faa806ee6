import CommandSupport
import ImageSpec

/// Options that several verbs have.
enum ImageOption {
    static let output = Option("output", "o", value: "FORMAT", help: "table or json")
    static let quiet = Option("quiet", "q", help: "print nothing but errors and ids")
    static let trustPolicy = Option(
        "trust-policy", value: "FILE", help: "the trust policy, instead of /etc/hull/trust.json")
    static let verifyLayers = Option(
        "verify-layers", help: "compare the unpacked layers with what was loaded before they are used; slower the first time")
    static let platform = Option("platform", value: "PLATFORM", help: "os/architecture[/variant]; without it, this machine's")
}

extension ArgumentReader {
    func platform(_ text: String) throws(UsageError) -> Platform {
        guard let platform = Platform(parsing: text) else {
            throw wrong("--platform is os/architecture[/variant], as linux/arm64/v8, not '\(text)'")
        }
        return platform
    }

    /// A whole name.
    func reference(_ text: String) throws(UsageError) -> ImageReference {
        let reference: ImageReference
        do throws(ReferenceError) { reference = try ImageReference(text) } catch {
            throw wrong("'\(text)' is no name of an image: \(error)")
        }
        guard reference.digest == nil else { throw wrong("'\(text)' has a digest: a name to give has none") }
        return reference
    }
}
