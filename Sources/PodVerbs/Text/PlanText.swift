import CommandSupport
public import PodSandbox

/// A plan for people: a line for each step, what it does it to and how behind it.
public enum PlanText {
    public static func text(of run: PlannedRun) -> String {
        var text = ""
        for kept in run.kept { text += line("keep", kept, [], 0) }
        for pod in run.pods { text += self.text(of: pod) }
        return text + "\n" + "digest  \(run.digest)\n"
    }

    private static func text(of pod: PlannedPod) -> String {
        var text = "pod \(pod.namespace)/\(pod.name)"
        text += "  uid \(pod.uid ?? PlannedPod.placeholder + ", another is drawn")  network \(pod.network)\n"
        if !pod.inert.isEmpty { text += "  without effect on one machine: \(pod.inert.joined(separator: ", "))\n" }
        for warning in pod.warnings { text += "  warning: \(PlainText.line(warning))\n" }
        text += "sandbox\n" + steps(pod.sandbox)
        for container in pod.containers {
            text += "\(container.isInit ? "init container" : "container") \(container.name)"
            text += "  image \(container.image) (\(container.imageDigest))\n" + steps(container.steps)
        }
        return text
    }

    private static func steps(_ steps: [PlannedStep]) -> String {
        let width = steps.map(\.act.utf8.count).max() ?? 0
        return steps.map { step in
            line(step.act, step.object, step.details, width)
        }.joined()
    }

    private static func line(_ act: String, _ object: String, _ details: [PlannedStep.Detail], _ width: Int) -> String {
        var line = "  " + act + String(repeating: " ", count: max(0, width - act.utf8.count)) + "  " + object
        for detail in details {
            switch detail.value {
            case .text(let text): line += "  \(detail.key)=\(text)"
            case .list(let list): line += "  \(detail.key)=[\(list.joined(separator: detail.key == "lines" ? " | " : " "))]"
            }
        }
        return PlainText.line(line) + "\n"
    }
}
