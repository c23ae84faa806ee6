import CommandSupport
import JournalVerbs
import PodSandbox
import PodVerbs
import StrictTree

extension PodSession {
    func audit(_ arguments: AuditArguments) throws(Failure) -> ExitCode {
        let found = try attempt { () throws(PodError) in
            let audit = PodAudit(places, try MachineConfiguration(reading: arguments.configuration))
            return try arguments.fixes ? audit.fix() : audit.check()
        }
        if arguments.isForMachines {
            var json = JSONWriter(.spaces(2))
            json.array { json in
                for finding in found {
                    json.object { json in
                        json.member("text", finding.text)
                        json.member("canBeFixed", finding.isMendable)
                    }
                }
            }
            try Output.write(json.bytes + [UInt8(ascii: "\n")])
        } else {
            try Output.write(found.map { PlainText.line($0.text) + "\n" }.joined().utf8)
        }
        return found.isEmpty ? .done : .failed
    }
}
