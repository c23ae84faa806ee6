internal import Digests
internal import Journal

/// Keys of the journal that are the store's.
enum StoreKeys {
    static let images = "/images/"
    static let names = "/image-names/"
    static let layers = "/image-layers/"
    static let projects = "/projects/"

    static func image(_ digest: Digest) -> Key { Key(images + digest.description) }
    static func users(of digest: Digest) -> Key { Key(images + digest.description + "/users/") }
    static func user(_ name: String, of digest: Digest) -> Key { Key(images + digest.description + "/users/" + name) }
    static func name(_ name: String) -> Key { Key(names + name) }
    static func layer(_ digest: Digest) -> Key { Key(layers + digest.description) }
    static func project(_ number: UInt32) -> Key { Key(projects + String(number)) }

    /// What stands behind a prefix.
    static func rest(_ key: Key, behind prefix: String) -> String {
        String(decoding: key.bytes.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}
