import CommandSupport
import JournalVerbs
import PodSandbox
import PodSpec
import PodVerbs

extension PodSession {
    func resize(_ arguments: ResizePodArguments) throws(Failure) -> ExitCode {
        let state = try find(arguments.pod)
        let resize = try attempt { () throws(PodError) in try PodResize(state, places) }
        var container: String?
        if !arguments.isWhole {
            let names = try attempt { () throws(PodError) in try resize.pod() }.spec.allContainers.map(\.name)
            guard let name = arguments.container ?? (names.count == 1 ? names[0] : nil) else {
                throw Failure(
                    "pod '\(arguments.pod)' has the containers \(names.joined(separator: ", "))",
                    hint: "name one with --container, or all of them with --pod", exit: .usage)
            }
            container = name
        }
        let outcome = try attempt { () throws(PodError) in try resize.change(container, arguments.wish) }
        try Output.write(ResizeTable.text(of: container ?? "pod", outcome.before, outcome.after).utf8)
        return .done
    }
}
