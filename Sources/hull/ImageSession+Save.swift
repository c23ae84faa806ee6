import CommandSupport
import ImageStore
import ImageVerbs
import JournalVerbs
import LinuxKernel
import LinuxTypes

extension ImageSession {
    /// `save`.
    func save(_ arguments: SaveArguments) throws(Failure) -> ExitCode {
        // Docker's archive needs room for layers that are not compressed; the others change nothing.
        guard let present = try storeIfPresent() else { throw Failure(.notFound(arguments.names[0]), "") }
        let store = arguments.format == .dockerArchive ? try store(quiet: true) : present
        if !arguments.isQuiet { store.observer = ProgressObserver() }
        guard let path = arguments.path else {
            if FileDescriptor.standardOutput.isTerminal {
                throw Failure("an archive is nothing for a terminal", hint: "--output FILE, or a pipe", exit: .usage)
            }
            try attempt("cannot save") { () throws(ImageError) in
                try store.save(
                    arguments.names, archive: .standardOutput, subject: "stdout", format: arguments.format,
                    signatures: arguments.hasSignatures)
            }
            return .done
        }
        if arguments.format == .layoutDirectory {
            try attempt("cannot save to '\(path)'") { () throws(ImageError) in
                try store.save(arguments.names, directory: path, signatures: arguments.hasSignatures)
            }
        } else {
            try saveFile(arguments, store, path)
        }
        return .done
    }

    /// Under another name until it is complete.
    private func saveFile(_ arguments: SaveArguments, _ store: ImageStore, _ path: HostPath) throws(Failure) {
        let temporary = "\(path).part-\(currentPID())"
        let act = "cannot save to '\(path)'"
        let file = try Self.make(temporary, act)
        do throws(Failure) {
            try attempt(act) { () throws(ImageError) in
                try store.save(
                    arguments.names, archive: file.descriptor, subject: path.string, format: arguments.format,
                    signatures: arguments.hasSignatures)
            }
            do throws(KernelError) {
                try file.descriptor.synchronize(subject: path.string)
                try FileDescriptor.workingDirectory.rename(temporary, to: path.string)
            } catch { throw Failure(error, act) }
        } catch {
            // What cannot be removed is told; the failure that led here is the one that counts.
            do throws(KernelError) { try FileDescriptor.workingDirectory.unlink(temporary) } catch {
                Log.plain.write(.warning, "cannot remove '\(temporary)': \(error)")
            }
            throw error
        }
    }

    private static func make(_ path: String, _ act: String) throws(Failure) -> OwnedDescriptor {
        do throws(KernelError) {
            return try FileDescriptor.workingDirectory.open(
                path, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o644)
        } catch { throw Failure(error, act) }
    }
}
