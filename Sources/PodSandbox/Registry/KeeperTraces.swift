internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// What keepers left that were killed after the last record of their pods had gone.
public enum KeeperTraces {
    /// Takes it away. What belongs to pods that are there, and to other roots, stays.
    public static func remove(_ registry: PodRegistry) throws(PodError) {
        for name in directoryNames(registry.places.runRoot.appending("pods").string) {
            guard let uid = PodUID(name), try registry.state(of: uid) == nil else { continue }
            do throws(PodError) { _ = try KeeperStart(registry.places, uid).start() } catch {
                // It says that there is no such pod, and takes the directory with it when it goes.
            }
        }
        try PodNetworks(registry.places, .standard()).settle()
        try KeeperCgroup.removeEmpty()
    }
}
