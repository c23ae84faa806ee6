import OCISpec
import StrictTree

/// Which directory a bundle on overlayfs is in: what the journal says below `/images/<digest>/users/bundle-<hex>`.
struct BundleRecord: SpecValue {
    /// As it was called when the bundle was made, absolute.
    var path: String
    /// What it is, whatever it is called now.
    var device: UInt64
    var inode: UInt64

    static let prefix = "bundle-"

    init(path: String, device: UInt64, inode: UInt64) {
        self.path = path
        self.device = device
        self.inode = inode
    }

    init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        path = try fields.required("path").string
        device = try fields.required("device").unsigned
        inode = try fields.required("inode").unsigned
    }

    func writeMembers(to json: inout JSONWriter) {
        json.member("path", path)
        json.member("device", device)
        json.member("inode", inode)
    }
}
