public import LinuxKernel
import LinuxTypes

/// Why a layer could not be read, written, copied or removed.
public enum LayerError: Error, Hashable, Sendable {
    /// The bytes are no archive, or a damaged one. `offset` counts in the uncompressed archive.
    case malformed(reason: String, offset: UInt64)
    /// The compressed stream is damaged; `offset` counts in it.
    case damagedStream(reason: String, offset: UInt64)
    /// An entry that no layer may have. `path` is printable.
    case refused(path: String, reason: String)
    /// More of something than is allowed. `path` is the entry at which it was seen, printable, empty before the first.
    case limit(LayerLimits.Name, allowed: UInt64, path: String)
    /// A system call failed. `path` is what it was about, printable, below the layer's root.
    case kernel(KernelError, doing: String, path: String)
    /// Whoever gives the bytes could not.
    case source(reason: String)
}

extension LayerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let reason, let offset):
            return "\(reason), at byte \(offset) of the archive"
        case .damagedStream(let reason, let offset):
            return "\(reason), at byte \(offset) of the compressed stream"
        case .refused(let path, let reason):
            return "entry '\(path)': \(reason)"
        case .limit(let name, let allowed, let path):
            let place = path.isEmpty ? "" : "entry '\(path)': "
            return "\(place)\(name.excess(allowed)); \(name.option) allows more"
        case .kernel(let error, let doing, let path):
            return path.isEmpty ? "\(doing): \(error)" : "\(doing) '\(path)': \(error)"
        case .source(let reason):
            return reason
        }
    }
}

/// Runs calls of the kernel; what they throw gets the frame that a person needs.
@inline(__always)
func kernel<Result: ~Copyable>(
    _ doing: String, _ path: @autoclosure () -> String = "", _ body: () throws(KernelError) -> Result
) throws(LayerError) -> Result {
    do throws(KernelError) {
        return try body()
    } catch { throw .kernel(error, doing: doing, path: path()) }
}
