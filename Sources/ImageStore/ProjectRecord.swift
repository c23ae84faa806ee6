import OCISpec
import StrictTree

/// To whom a project of the store's file system belongs, below `/projects/<number>`.
struct ProjectRecord: SpecValue {
    /// A path below the state root.
    var owner: String

    init(owner: String) { self.owner = owner }

    init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        owner = try fields.required("owner").string
    }

    func writeMembers(to json: inout JSONWriter) { json.member("owner", owner) }
}
