import ContainerRuntime
import OCISpec
import StrictTree

extension Session {
    /// `features`: what this runtime can do.
    func features() throws(RuntimeError) {
        try write(Runtime.features().json() + [UInt8(ascii: "\n")])
    }
}
