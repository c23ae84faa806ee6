internal import ImageSpec
public import LinuxKernel
internal import LinuxTypes

extension ImageStore {
    /// Loads the images of a source.
    public func load(_ source: any BlobSource, _ request: LoadRequest = LoadRequest()) throws(ImageError) -> [LoadedImage] {
        try working { workplace throws(ImageError) in
            try Loader(store: self, source: source, request: request, workplace: workplace).load()
        }
    }

    /// Loads an archive: a file, or a stream that is read to its end. A compressed one, and one that cannot be read anywhere, is first written to the
    /// store's file system, which needs as much space again.
    public func load(
        archive file: consuming OwnedDescriptor, name: String, _ request: LoadRequest = LoadRequest()
    ) throws(ImageError) -> [LoadedImage] {
        let archive = DescriptorBox(file)
        return try working { workplace throws(ImageError) in
            let plain = try Spool(store: self, workplace: workplace, limits: .archive(request.layerLimits)).plain(
                archive.take(), name: name)
            let source = try ArchiveSource(owning: plain, name: name, limits: limits)
            return try Loader(store: self, source: source, request: request, workplace: workplace).load()
        }
    }

    /// Does something with a work directory, and leaves nothing behind that has no record: neither of ours nor of those who died.
    func working<Result>(_ body: (Workplace) throws(ImageError) -> Result) throws(ImageError) -> Result {
        let dead = try Workplace.sweep(files, locks)
        let workplace = try Workplace.make(files, locks)
        let result: Result
        do throws(ImageError) { result = try body(workplace) } catch {
            // What got its name and no record is waste too.
            cleanUp(workplace, collects: true)
            throw error
        }
        cleanUp(workplace, collects: dead > 0)
        return result
    }

    /// A clean-up that fails changes nothing of what was done: the next command tries again.
    func cleanUp(_ workplace: Workplace, collects: Bool) {
        do throws(ImageError) {
            locks.releaseAll()
            if collects { try collectAll(into: workplace) }
            try workplace.remove()
        } catch {
            observer.note("cannot clean up: \(error)")
        }
    }
}

/// Carries a descriptor into a closure that is called once.
final class DescriptorBox {
    private var descriptor: OwnedDescriptor?

    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = consume descriptor }

    /// What was put in; taken twice it is a closed descriptor.
    func take() -> OwnedDescriptor { descriptor.take() ?? OwnedDescriptor(owning: FileDescriptor(-1)) }
}
