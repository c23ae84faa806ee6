public import ContainerLogs
public import JournalVerbs

/// One container whose log is to be printed, as whoever knows the pods found it.
public struct LogsSource {
    public let pod: String
    public let container: String
    public let place: LogPlace
    /// Whether nothing will be added any more: the container has ended, and so has all that its keeper wrote. Asked twice a second at least, and before
    /// what is read last.
    public let hasEnded: () throws(Failure) -> Bool

    public init(
        pod: String, container: String, place: LogPlace,
        hasEnded: @escaping () throws(Failure) -> Bool = { () throws(Failure) in true }
    ) {
        self.pod = pod
        self.container = container
        self.place = place
        self.hasEnded = hasEnded
    }
}
