import ImageStore
import ImageVerbs
import JournalVerbs

extension ImageSession {
    /// `ls`.
    func list(_ arguments: ListImagesArguments) throws(Failure) -> ExitCode {
        guard let store = try storeIfPresent() else {
            if let name = arguments.names.first { throw Failure(.notFound(name), "") }
            try Output.write(ImageTable([], layers: [:], now: now).bytes(of: [], arguments, in: Output.textStyle))
            return .done
        }
        let style = Output.textStyle
        let bytes = try attempt("cannot list images") { () throws(ImageError) in
            let images = try store.images()
            // Signatures belong to their image, which says that it has some.
            let listed = images.filter { arguments.showsSignatures || !$0.record.isSignature }
            var chosen = arguments.names.isEmpty ? listed : []
            for name in arguments.names { chosen.append(try store.image(name)) }
            return ImageTable(images, layers: try store.layerRecords(), now: now).bytes(of: chosen, arguments, in: style)
        }
        try Output.write(bytes)
        return .done
    }

    /// `inspect`.
    func inspect(_ arguments: NameArguments) throws(Failure) -> ExitCode {
        let (store, image) = try store(having: arguments.name)
        let bytes = try attempt("cannot read image '\(arguments.name)'") { () throws(ImageError) in
            InspectText.bytes(
                image, try store.configuration(of: image.record), layers: try store.layerRecords(), root: store)
        }
        try Output.write(bytes)
        return .done
    }

    /// `tree`.
    func tree(_ arguments: TreeArguments) throws(Failure) -> ExitCode {
        let (store, image) = try store(having: arguments.name)
        let act = "cannot read image '\(arguments.name)'"
        let configuration = try attempt(act) { () throws(ImageError) in try store.configuration(of: image.record) }
        var text = TreeText(image, configuration, arguments)
        for index in image.record.layers.indices {
            let bytes = try attempt(act) { () throws(ImageError) in
                text.add(try store.contents(of: image, fromTop: index, withPaths: arguments.showsFiles), at: index)
            }
            try Output.write(bytes)
        }
        try Output.write(text.end())
        return .done
    }

    /// `history`.
    func history(_ arguments: NameArguments) throws(Failure) -> ExitCode {
        let (store, image) = try store(having: arguments.name)
        let bytes = try attempt("cannot read image '\(arguments.name)'") { () throws(ImageError) in
            InspectText.history(
                image, try store.configuration(of: image.record), layers: try store.layerRecords(), arguments, now: now)
        }
        try Output.write(bytes)
        return .done
    }
}
