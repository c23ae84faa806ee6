public import KeeperProtocol
public import LinuxTypes

/// What is to be done next, in this order.
public enum Effect: Hashable, Sendable {
    /// Write what has changed into the journal. Order: before what follows it happens.
    case record
    case perform(Job)
    case signal(container: String, Signal)
    /// A line for those who wait.
    case say(String)
}
