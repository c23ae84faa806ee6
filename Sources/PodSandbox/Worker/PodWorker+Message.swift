internal import ContainerLogs
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec
internal import StrictTree

/// The termination message: what a program leaves in a file for whoever asks why it ended.
extension PodWorker {
    func writeMessageFile(_ id: String) throws(PodError) {
        try during("cannot make the termination message of container '\(id)'") { () throws(KernelError) in
            // Whoever the container runs as may write.
            try write([], to: "messages/\(id)", permissions: 0o666)
        }
    }

    /// Takes the message; where there is none, and the manifest says so, the end of the log of a container that failed.
    func takeMessage(_ name: String, _ attempt: UInt32, _ id: String) throws(PodError) -> String {
        let message = try takeMessageFile(id)
        guard message.isEmpty else { return message }
        let pod = try pod()
        guard let container = pod.spec.allContainers.first(where: { $0.name == name }),
            container.terminationMessagePolicy == .fallbackToLogsOnError, try hasFailed(name)
        else { return "" }
        return try endOfLog(name, attempt)
    }

    /// At most 4,096 bytes of it are anybody's business.
    private func takeMessageFile(_ id: String) throws(PodError) -> String {
        let path = places.sandbox(uid).appending("messages/\(id)").string
        do throws(KernelError) {
            let file = try FileDescriptor.workingDirectory.open(path, [.readOnly, .nonblocking, .noFollow])
            let bytes = try file.descriptor.readSome(4096)
            try FileDescriptor.workingDirectory.unlink(path)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            if error.errno == .ENOENT { return "" }
            throw PodError(error, "cannot read the termination message of container '\(id)'")
        }
    }

    private func hasFailed(_ name: String) throws(PodError) -> Bool {
        let bytes = try journaling("cannot read how container '\(name)' ended") { () throws(JournalError) in
            try journal().value(of: PodKeys.container(name, of: uid))?.value
        }
        guard let bytes else { return false }
        do throws(TreeError) { return try ContainerStatus(json: bytes).termination?.isSuccess == false } catch {
            throw PodError(error, "the record of container '\(name)'")
        }
    }

    /// The last 80 lines, and of these the last 2,048 bytes, as the kubelet has it.
    private func endOfLog(_ name: String, _ attempt: UInt32) throws(PodError) -> String {
        do throws(KernelError) {
            let directory = try FileDescriptor.workingDirectory.open(
                places.directory(uid).appending("logs").string, [.readOnly, .directory, .noFollow])
            guard let place = LogPlace(directory.descriptor, container: name, attempt: Int(attempt)) else { return "" }
            var bytes: [UInt8] = []
            do throws(LogError) {
                guard try LogReader.exists(place) else { return "" }
                let reader = try LogReader(place, tail: 80)
                while let line = try reader.next() { bytes += line.text + [UInt8(ascii: "\n")] }
            } catch {
                // A log that cannot be read is no reason to leave the rest of the container.
                return ""
            }
            return String(decoding: bytes.suffix(2048), as: UTF8.self)
        } catch {
            if error.errno == .ENOENT { return "" }
            throw PodError(error, "cannot open the logs of container '\(name)'")
        }
    }
}
