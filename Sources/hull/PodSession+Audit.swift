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
        if let format = arguments.output {
            var json = JSONWriter(.spaces(2))
            json.array { json in
                for finding in found {
                    json.object { json in
                        json.member("text", finding.text)
                        json.member("canBeFixed", finding.isMendable)
                    }
                }
            }
            try Output.write(one: json.bytes + [UInt8(ascii: "\n")], as: format)
        } else {
            let style = Output.textStyle
            let lines = found.map { style.paint(PlainText.line($0.text), $0.isMendable ? .busy : .bad) + "\n" }
            try Output.write(lines.joined().utf8)
        }
        return found.isEmpty ? .done : .failed
    }
}
