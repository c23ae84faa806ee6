internal import ContainerRuntime
internal import Journal
internal import LinuxKernel
public import LinuxTypes
public import PodRecords

extension PodPlaces {
    /// The engine of all pods' containers: its locks and sockets die with the boot, its records lie in the pods' journal.
    var runtime: Runtime { Runtime(root: runRoot, records: journal) }

    /// The journal, for looking or for changing too; nil for looking where nobody ever changed anything.
    func openJournal(isWritable: Bool) throws(PodError) -> Journal? {
        try journaling("cannot open the journal") { () throws(JournalError) in
            if !isWritable, try !journal.exists() { return nil }
            return try journal.open(isWritable: isWritable)
        }
    }

    /// The same by paths that mean the same wherever a process is: keepers and workers have a working directory of their own. nil is the default.
    public static func absolute(root: HostPath?, runRoot: HostPath?) throws(PodError) -> PodPlaces {
        var here: HostPath?
        func absolute(_ path: HostPath?) throws(PodError) -> HostPath? {
            guard let path, !path.isAbsolute else { return path }
            if here == nil {
                here = HostPath(
                    try during("cannot find the working directory") { () throws(KernelError) in try workingDirectoryPath() })
            }
            return here?.appending(path.string) ?? path
        }
        return PodPlaces(root: try absolute(root), runRoot: try absolute(runRoot))
    }
}
