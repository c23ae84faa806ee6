import CommandSupport
import ImageSpec
import ImageStore
import ImageVerbs
import JournalVerbs
import LinuxTypes

extension ImageSession {
    /// `tag`.
    func tag(_ arguments: NameArguments) throws(Failure) -> ExitCode {
        _ = try store(having: arguments.name)
        let store = try store()
        try attempt("cannot tag '\(arguments.name)'") { () throws(ImageError) in
            try store.tag(arguments.name, as: arguments.target ?? arguments.name)
        }
        return .done
    }

    /// `rm`. Goes on behind one that cannot be removed; the first failure is the exit code.
    func remove(_ arguments: RemoveArguments) throws(Failure) -> ExitCode {
        guard try storeIfPresent() != nil else {
            if arguments.force { return .done }
            throw Failure(.notFound(arguments.names[0]), "")
        }
        let store = try store()
        var first: Failure?
        for name in arguments.names {
            do throws(Failure) {
                let removal = try attempt("cannot remove '\(name)'") { () throws(ImageError) in
                    try store.remove(name, force: arguments.force)
                }
                try Output.write(RemovalText.bytes(removal))
            } catch {
                if error.exit == .notFound, arguments.force { continue }
                if let earlier = first, let message = earlier.message { Log.plain.write(.error, message) }
                first = error
            }
        }
        if let first { throw first }
        return .done
    }

    /// `prune`.
    func prune(_ arguments: PruneArguments) throws(Failure) -> ExitCode {
        guard try storeIfPresent() != nil else { return .done }
        let store = try store()
        let removal = try attempt("cannot prune") { () throws(ImageError) in try store.prune(all: arguments.isForAll) }
        try Output.write(RemovalText.bytes(removal))
        if removal.blobBytes > 0 {
            try Output.write("freed: \(ByteCount.text(UInt64(removal.blobBytes))) of blobs, \(removal.layers) layers\n".utf8)
        }
        return .done
    }

    /// `check`.
    func check(_ arguments: CheckImagesArguments) throws(Failure) -> ExitCode {
        guard try storeIfPresent() != nil else {
            try Output.write(ImageFindingText.bytes([], arguments.format))
            return .done
        }
        let store = try store(quiet: arguments.isQuiet)
        let findings = try attempt("cannot check") { () throws(ImageError) -> [(ImageFinding, RepairOutcome?)] in
            if !arguments.repairs { return try store.check().map { ($0, nil) } }
            return try store.repair().map { ($0.finding, $0.outcome) }
        }
        try Output.write(ImageFindingText.bytes(findings, arguments.format))
        let isLost = findings.contains { finding, outcome in
            finding.isDamage && outcome != .repaired && outcome != .removed
        }
        return isLost ? .marked : .done
    }
}
