import CommandSupport
import Digests
import ImageSpec
import ImageStore
import ImageVerbs
import JournalVerbs
import LinuxKernel
import LinuxTypes

extension ImageSession {
    /// `load`.
    func load(_ arguments: LoadImageArguments) throws(Failure) -> ExitCode {
        var request = LoadRequest()
        request.platform = arguments.platform
        request.name = arguments.name
        request.patience = arguments.patience
        request.layerLimits = arguments.limits
        let source = arguments.path?.string ?? "stdin"
        request.family = arguments.path.flatMap(Self.family)
        let input = try Self.open(arguments.path)
        let store = try store(quiet: arguments.isQuiet)
        let loaded = try attempt("cannot load '\(source)'") { () throws(ImageError) in
            if input.isDirectory, let path = arguments.path {
                return try store.load(try LayoutDirectory(path, limits: store.limits), request)
            }
            return try store.load(archive: input.take(), name: source, request)
        }
        for image in loaded {
            let names = image.names.isEmpty ? ["\(image.record.id)"] : image.names
            for name in names { try Output.write("loaded image: \(name)\n".utf8) }
            if image.names.isEmpty, !arguments.isQuiet {
                Log.plain.write(.warning, "the image has no name: 'hull image tag \(image.record.id.short) NAME' gives it one")
            }
        }
        return .done
    }

    /// `import`.
    func importImage(_ arguments: ImportArguments) throws(Failure) -> ExitCode {
        var request = ImportRequest(name: arguments.name, execution: arguments.execution)
        request.platform = arguments.platform
        request.layerLimits = arguments.limits
        let source = arguments.path?.string ?? "stdin"
        let input = try Self.open(arguments.path)
        let store = try store(quiet: arguments.isQuiet)
        let image = try attempt("cannot import '\(source)'") { () throws(ImageError) in
            if input.isDirectory, let path = arguments.path { return try store.importDirectory(path, request) }
            let file = input.take()
            return try store.importArchive(file.descriptor, subject: source, request)
        }
        try Output.write("\(image.record.id)\n".utf8)
        return .done
    }

    /// `localhost/NAME` for a file or directory whose name can be one of an image: what a bare tag in it is a tag of.
    private static func family(_ path: HostPath) -> String? {
        var name = path.string.split(separator: "/").last.map(String.init) ?? ""
        for ending in [".gz", ".zst", ".tar", ".tgz"] where name.hasSuffix(ending) { name.removeLast(ending.utf8.count) }
        let family = "localhost/" + name.lowercased()
        do throws(ReferenceError) { return try ImageReference(family).name == family ? family : nil } catch { return nil }
    }

    private static func open(_ path: HostPath?) throws(Failure) -> Input {
        do throws(KernelError) {
            guard let path else { return Input(try FileDescriptor.standardInput.duplicate(atLeast: 3), isDirectory: false) }
            let file = try FileDescriptor.workingDirectory.open(path.string, .readOnly)
            return Input(file, isDirectory: try path.status().type == .directory)
        } catch { throw Failure(error, "cannot open '\(path?.string ?? "stdin")'") }
    }
}

/// What a verb reads, until somebody takes it.
final class Input {
    let isDirectory: Bool
    private var file: OwnedDescriptor?

    init(_ file: consuming OwnedDescriptor, isDirectory: Bool) {
        self.file = consume file
        self.isDirectory = isDirectory
    }

    func take() -> OwnedDescriptor { file.take() ?? OwnedDescriptor(owning: FileDescriptor(-1)) }
}

extension HostPath {
    /// Of what the path names, through links.
    fileprivate func status() throws(KernelError) -> FileStatus { try FileDescriptor.workingDirectory.statusFollowing(string) }
}
