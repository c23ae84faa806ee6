import ContainerRuntime
import OCISpec
import StrictTree

extension Session {
    /// `state`: the container's state as JSON.
    func state(_ id: String) throws(RuntimeError) {
        try write(try runtime.state(id).json(.spaces(2)) + [UInt8(ascii: "\n")])
    }
}
