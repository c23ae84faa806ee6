public import PodRecords

/// A difference between what the journal says of the network and what the kernel has.
public struct NetworkFinding: Hashable, Sendable, CustomStringConvertible {
    /// What `fix` does about it.
    public enum Remedy: Hashable, Sendable {
        /// The host's bridge, settings and tables are made again as recorded, with the elements of the pods that there are.
        case raise
        /// What there is without a record, or of a network that has no pod, is removed.
        case lower
        /// A set-up or removal that did not come to its end is undone.
        case remove(PodUID)
        /// A pod's link is made a port of the bridge again, with its name and mode.
        case reconnect(PodUID)
        /// A link that belongs to no pod is deleted.
        case deleteLink(String)
        /// A claim that belongs to no pod is given up.
        case release(String)
        /// What a pod holds is claimed again.
        case claim(PodUID)
        /// Nothing can be done from here: a person must, or whoever runs the pod.
        case none
    }

    /// One line: what is not as it should be.
    public let text: String
    public let remedy: Remedy
    /// Whether it is what the removal of a pod leaves for a moment: whoever does the rest of it may be at work.
    public let isPassing: Bool

    init(text: String, remedy: Remedy, isPassing: Bool = false) {
        self.text = text
        self.remedy = remedy
        self.isPassing = isPassing
    }

    public var description: String { text }
}
