internal import ImageSpec
internal import ImageStore
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec

/// Volumes that are not the pod's own: those with a name, and images.
extension PodWorker {
    /// Made when it is first used; it stays when the pod goes.
    func makeNamedVolume(_ claim: ClaimVolume, _ namespace: String) throws(PodError) {
        let path = places.namedVolume(claim.claimName, in: namespace).string
        let directory = try during("cannot make the volume of claim '\(claim.claimName)'") { () throws(KernelError) in
            try makeDirectories(places.namedVolumes.appending(namespace).string, permissions: 0o700)
            var isNew = true
            do throws(KernelError) {
                try FileDescriptor.workingDirectory.makeDirectory(path, permissions: 0o777)
            } catch let error where error.errno == .EEXIST {
                isNew = false
            }
            let directory = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory, .noFollow])
            // Whoever a container runs as may write, whatever our mask is.
            if isNew { try directory.descriptor.changePermissions(0o777, subject: path) }
            return directory
        }
        let journal: Journal = try journaling("cannot open the journal") { () throws(JournalError) in try self.journal() }
        guard let size = try VolumeStore(places, journal).claim(claim.claimName, in: namespace)?.size, size.nano > 0 else {
            return
        }
        try VolumeQuota.holdNamed(directory.descriptor, to: size, claim.claimName, namespace, journal)
    }

    /// Whether its claim says that nobody writes.
    func isReadOnly(_ claim: ClaimVolume, _ namespace: String) throws(PodError) -> Bool {
        let journal: Journal = try journaling("cannot open the journal") { () throws(JournalError) in try self.journal() }
        return try VolumeStore(places, journal).claim(claim.claimName, in: namespace)?.isReadOnly ?? false
    }

    /// The files of an image, which stay as they are. The image is in use as long as the sandbox is.
    func mountImage(_ name: String, _ volume: ImageVolume) throws(PodError) {
        let store = try images()
        let user = "\(uid).\(name)"
        let request = try rootRequest(isReadOnly: true)
        try imaging("volume '\(name)': cannot use the image '\(volume.reference)'") { () throws(ImageError) in
            let image = try store.usable(volume.reference)
            guard let mount = try makeRoot(of: image, for: user, request, in: store) else { throw .busy("somebody") }
            do throws(KernelError) {
                let parent = try FileDescriptor.workingDirectory.open(
                    places.sandbox(uid).appending("volumes").string, [.readOnly, .directory, .noFollow])
                try parent.descriptor.makeDirectory(name, permissions: 0o755)
                let place = try parent.descriptor.open(name, [.pathOnly, .directory, .noFollow])
                try mount.attach(to: place.descriptor, subject: "volume '\(name)'")
            } catch { throw .kernel(error) }
        }
    }
}
