import CommandSupport
import ContainerRuntime
import OCISpec
import StrictTree

extension Session {
    /// `list`: all containers of the root. A root that was named must exist.
    func list(_ arguments: ListArguments) throws(RuntimeError) {
        let states = try runtime.list(mustExist: globals.root != nil)
        if arguments.isQuiet {
            return try write(states.map { $0.id + "\n" }.joined().utf8)
        }
        switch arguments.format {
        case .table:
            var table = Table(["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"])
            for state in states {
                table.add([state.id, "\(state.pid)", state.status.rawValue, state.bundle, state.created ?? "", state.owner ?? ""])
            }
            try write(table.text.utf8)
        case .json:
            var json = JSONWriter()
            json.array { json in
                for state in states { json.object { state.writeMembers(to: &$0) } }
            }
            try write(json.bytes + [UInt8(ascii: "\n")])
        }
    }
}
