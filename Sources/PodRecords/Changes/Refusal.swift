public import StrictTree

/// That `hull run` refused a pod of which nothing was made. The last one stands in the journal, those before it in its history.
public struct Refusal: Hashable, Sendable {
    public var namespace: String
    public var name: String
    public var message: String
    public var hint: String
    public var fault: Fault?
    /// Nanoseconds since 1970.
    public var at: Int64

    public init(namespace: String, name: String, message: String, hint: String, fault: Fault?, at moment: Int64) {
        self.namespace = namespace
        self.name = name
        self.message = message
        self.hint = hint
        self.fault = fault
        at = moment
    }

    /// One JSON object.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("namespace", namespace)
            json.member("name", name)
            json.member("message", text: message)
            json.member("hint", text: hint)
            json.member("fault", fault?.rawValue)
            json.member("at", at)
        }
        return json.bytes
    }

    public init(json bytes: [UInt8]) throws(TreeError) {
        var fields = try Fields(Document(json: bytes).root)
        namespace = try fields.required("namespace").string
        name = try fields.required("name").string
        message = try fields.string("message") ?? ""
        hint = try fields.string("hint") ?? ""
        fault = try fields.string("fault").flatMap(Fault.init)
        at = try fields.required("at").integer
    }
}
