public import Digests

/// Whoever is told how a load gets on: a progress bar, or nobody.
public protocol LoadObserver: AnyObject {
    /// A blob begins to come in, or a layer to be unpacked.
    func began(_ step: LoadStep)
    /// More bytes of the step that began last.
    func advanced(by bytes: Int)
    /// That step is done.
    func ended()
    /// Something a person may want to know, in one line.
    func note(_ line: String)
}

/// One part of a load.
public enum LoadStep: Hashable, Sendable {
    /// A blob is read and hashed; with its size in bytes.
    case blob(Digest, size: Int64)
    /// An archive that has no digest yet is read.
    case reading(String)
    /// A layer's archive is unpacked; with its size in bytes.
    case layer(Digest, size: Int64)
    /// What was loaded is written to the disk.
    case sync
}

/// Nobody.
public final class SilentObserver: LoadObserver {
    public init() {}
    public func began(_ step: LoadStep) {}
    public func advanced(by bytes: Int) {}
    public func ended() {}
    public func note(_ line: String) {}
}
