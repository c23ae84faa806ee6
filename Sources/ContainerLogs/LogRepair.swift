/// How the torn last record of a log was mended.
public enum LogRepair: Hashable, Sendable {
    /// Its text stays, as far as it goes; it got its end.
    case completed
    /// So many bytes, none of them a container's, were cut off.
    case cut(Int)
}
