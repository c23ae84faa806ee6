public import Digests
public import ImageSpec
public import ImageTrust
public import Journal
public import LinuxKernel
public import StrictTree

/// Why an image was not loaded, found, given out or removed.
public enum ImageError: Error, Hashable, Sendable {
    case kernel(KernelError)
    case journal(JournalError)
    /// A path of the store that is not safe to use: a link, another owner, open to others.
    case refused(path: String, reason: String)
    /// Nothing here has this name, digest or id.
    case notFound(String)
    /// An id that several images begin with.
    case ambiguous(String)
    case badName(String, ReferenceError)
    /// A document that is not what it should be.
    case document(String, TreeError)
    /// Bytes that are not those that were named.
    case digestMismatch(what: String, expected: Digest, found: Digest)
    case sizeMismatch(what: String, expected: Int64, found: Int64)
    /// The source does not have what a manifest names.
    case missingBlob(Digest, mediaType: MediaType)
    case noPlatform(wanted: Platform, offered: [Platform])
    /// An artifact, or an image whose parts do not fit each other.
    case notAnImage(String)
    /// More than is read.
    case limit(String)
    /// The archive or directory is none that can be loaded.
    case unknownSource(String)
    /// A layer's archive that cannot be unpacked.
    case layer(Digest, reason: String)
    case archive(String, reason: String)
    /// Somebody else is loading the same, and does not come to an end.
    case busy(String)
    /// With the users' keys below the image's.
    case inUse(String, users: [String])
    /// The store lacks a part of an image, or it is damaged.
    case incomplete(String, part: String)
    case user(String, ImageUserError)
    case exists(String)
    case notMounted(String)
    /// The file system or the kernel cannot stack layers.
    case noOverlay(String)
    /// Nothing holds what a container writes to a limit.
    case noSizeLimit(String)
    /// Somebody still has a root that is to be removed.
    case rootInUse(String)
    /// A directory that is no bundle.
    case notABundle(String)
    /// A key that cannot be used, or did not work.
    case key(String, KeyError)
    /// The trust policy says no.
    case untrusted(TrustVerdict)
}

extension ImageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .kernel(let error): "\(error)"
        case .journal(let error): "\(error)"
        case .refused(let path, let reason): "'\(path)': \(reason)"
        case .notFound(let name): "image '\(name)' is not in the local store"
        case .ambiguous(let id): "several images have ids that begin with '\(id)'"
        case .badName(let name, let error): "'\(name)' is no name of an image: \(error)"
        case .document(let what, let error): "\(what): \(error)"
        case .digestMismatch(let what, let expected, let found): "\(what): expected \(expected), found \(found)"
        case .sizeMismatch(let what, let expected, let found): "\(what): expected \(expected) bytes, found \(found)"
        case .missingBlob(let digest, let mediaType): "the blob \(digest) (\(mediaType)) is missing"
        case .noPlatform(let wanted, let offered):
            "there is no image for \(wanted)"
                + (offered.isEmpty ? "" : ", only for \(offered.map(\.description).joined(separator: ", "))")
        case .notAnImage(let reason): "this is no image that can run: \(reason)"
        case .limit(let reason): reason
        case .unknownSource(let reason): reason
        case .layer(let digest, let reason): "layer \(digest): \(reason)"
        case .archive(let name, let reason): "'\(name)': \(reason)"
        case .busy(let holder): "\(holder) is loading the same and does not come to an end"
        case .inUse(let name, let users): "image '\(name)' is used by \(users.joined(separator: ", "))"
        case .incomplete(let name, let part): "image '\(name)' is incomplete: \(part)"
        case .user(let text, let error): "the image's user '\(text)': \(error)"
        case .exists(let path): "'\(path)' exists and is not empty"
        case .notMounted(let name): "image '\(name)' is not mounted"
        case .noOverlay(let reason): "no overlay can be mounted: \(reason)"
        case .noSizeLimit(let reason): "the size of the writable layer cannot be limited: \(reason)"
        case .rootInUse(let name): "a container still has the root of '\(name)'"
        case .notABundle(let path): "'\(path)' is no bundle: it has no config.json beside a directory rootfs"
        case .key(let what, let error): "\(what): \(error)"
        case .untrusted(let verdict): "image '\(verdict.image)' is \(verdict)"
        }
    }
}

/// Runs a call of the kernel and gives its error this module's type.
func kernel<Result: ~Copyable>(_ body: () throws(KernelError) -> Result) throws(ImageError) -> Result {
    do throws(KernelError) { return try body() } catch { throw .kernel(error) }
}

/// Asks the journal.
func journaling<Result>(_ body: () throws(JournalError) -> Result) throws(ImageError) -> Result {
    do throws(JournalError) { return try body() } catch { throw .journal(error) }
}

/// Reads a document that has a name for people.
func decoding<Result>(_ what: String, _ body: () throws(TreeError) -> Result) throws(ImageError) -> Result {
    do throws(TreeError) { return try body() } catch { throw .document(what, error) }
}
