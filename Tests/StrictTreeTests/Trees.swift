import StrictTree

func tree(_ json: String, limits: Limits = Limits()) throws(TreeError) -> Value {
    try Document(json: Array(json.utf8), limits: limits).root
}

/// The message of the refusal, with its place; nil where the text is accepted.
func refusal(of bytes: [UInt8], limits: Limits = Limits()) -> String? {
    do throws(TreeError) {
        _ = try Document(json: bytes, limits: limits)
        return nil
    } catch {
        return error.description
    }
}

func refusal(of json: String, limits: Limits = Limits()) -> String? { refusal(of: Array(json.utf8), limits: limits) }

/// The message of an accessor's error; nil where it succeeds.
func failure<T>(_ body: () throws(TreeError) -> T) -> String? {
    do throws(TreeError) {
        _ = try body()
        return nil
    } catch {
        return error.description
    }
}
