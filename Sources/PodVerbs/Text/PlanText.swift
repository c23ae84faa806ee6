public import CommandSupport
public import PodSandbox

/// A plan for people: a line for each step, what it does it to and how behind it.
public enum PlanText {
    public static func text(of run: PlannedRun, in style: TextStyle = .plain) -> String {
        var text = ""
        for kept in run.kept { text += line("keep", kept, [], 0, style) }
        for pod in run.pods { text += self.text(of: pod, style) }
        return text + "\n" + "digest  \(run.digest)\n"
    }

    private static func text(of pod: PlannedPod, _ style: TextStyle) -> String {
        var text = style.paint("pod \(pod.namespace)/\(pod.name)", .title)
        text += "  uid \(pod.uid ?? PlannedPod.placeholder + ", another is drawn")  network \(pod.network)\n"
        if !pod.inert.isEmpty { text += "  without effect on one machine: \(pod.inert.joined(separator: ", "))\n" }
        for warning in pod.warnings { text += "  \(style.paint("warning", .busy)): \(PlainText.line(warning))\n" }
        text += style.paint("sandbox", .title) + "\n" + steps(pod.sandbox, style)
        for container in pod.containers {
            text += style.paint("\(container.isInit ? "init container" : "container") \(container.name)", .title)
            text += "  image \(container.image) (\(container.imageDigest))\n" + steps(container.steps, style)
        }
        return text
    }

    private static func steps(_ steps: [PlannedStep], _ style: TextStyle) -> String {
        let width = steps.map(\.act.utf8.count).max() ?? 0
        return steps.map { step in
            line(step.act, step.object, step.details, width, style)
        }.joined()
    }

    /// Never cut: what is not seen of a plan is done all the same.
    private static func line(
        _ act: String, _ object: String, _ details: [PlannedStep.Detail], _ width: Int, _ style: TextStyle
    ) -> String {
        var line = object
        for detail in details {
            switch detail.value {
            case .text(let text): line += "  \(detail.key)=\(text)"
            case .list(let list): line += "  \(detail.key)=[\(list.joined(separator: detail.key == "lines" ? " | " : " "))]"
            }
        }
        let gap = String(repeating: " ", count: max(0, width - act.utf8.count) + 2)
        return "  " + style.paint(PlainText.line(act), .faint) + gap + PlainText.line(line) + "\n"
    }
}
