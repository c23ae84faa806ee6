import CommandSupport
import JournalVerbs
import LinuxKernel
import PodSandbox
import PodSpec
import PodVerbs

/// Named volumes.
extension PodSession {
    func volume(_ arguments: VolumeArguments) throws(Failure) -> ExitCode {
        let store = try attempt { () throws(PodError) in try VolumeStore(places, isWritable: arguments.isRemoval) }
        guard arguments.isRemoval else {
            let lines = try attempt { () throws(PodError) in try store.list() }
                .filter { arguments.namespace == nil || $0.claim.metadata.namespace == arguments.namespace }
            if arguments.output == .name {
                let names = lines.map { "volume/\($0.claim.metadata.namespace)/\($0.claim.metadata.name)\n" }
                try Output.write(names.joined().utf8)
            } else if let format = arguments.output.ofDocuments {
                try Output.write(one: VolumeTable.json(lines), as: format)
            } else {
                let table = VolumeTable.text(
                    lines, hasNamespaces: arguments.namespace == nil, now: wallNanoseconds(), in: Output.textStyle)
                try Output.write(table.utf8)
            }
            return .done
        }
        for volume in arguments.volumes {
            do throws(PodError) { try store.remove(volume.name, in: volume.namespace) } catch {
                if error.kind == .missing, arguments.force { continue }
                throw Failure(error)
            }
            try Output.write("\(volume.namespace)/\(volume.name)\n".utf8)
        }
        return .done
    }
}
