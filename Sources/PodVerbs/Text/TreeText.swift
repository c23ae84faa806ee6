public import CommandSupport
public import PodSandbox
import StrictTree

/// A pod as a tree of lines, or as JSON.
public enum TreeText {
    public static func text(of tree: PodTree, in style: TextStyle = .plain) -> String {
        var root = Branch("\(tree.name)  \(tree.state)  uid \(tree.uid)", state: tree.state)
        if let keeper = tree.keeper { root.add("keeper  \(line(keeper))") }
        root.add("network  \(tree.network)" + (tree.addresses.isEmpty ? "" : "  " + tree.addresses.joined(separator: " ")))
        if !tree.namespaces.isEmpty { root.add("namespaces  " + tree.namespaces.joined(separator: " ")) }
        root.add("cgroups", tree.cgroups)
        for container in tree.containers { root.add(branch(container)) }
        return root.text(in: style)
    }

    private static func branch(_ container: PodTree.Container) -> Branch {
        var branch = Branch(
            "\(container.isInit ? "init container" : "container") \(container.name)  \(container.state)", state: container.state)
        if !container.namespaces.isEmpty { branch.add("namespaces  " + container.namespaces.joined(separator: " ")) }
        branch.add("cgroups", container.cgroups)
        branch.add("mounts", container.mounts.map { "\($0.point)  \($0.type)  \($0.source)  \($0.options)" })
        if !container.processes.isEmpty {
            var processes = Branch("processes")
            let known = Set(container.processes.map(\.pid))
            for process in container.processes where !known.contains(process.parent) {
                processes.add(self.branch(process, container.processes))
            }
            branch.add(processes)
        }
        return branch
    }

    private static func branch(_ process: PodTree.Process, _ all: [PodTree.Process]) -> Branch {
        var branch = Branch(line(process))
        for child in all where child.parent == process.pid && child.pid != process.pid { branch.add(self.branch(child, all)) }
        return branch
    }

    private static func line(_ process: PodTree.Process) -> String { "\(process.pid) \(process.name) \(process.state)" }

    /// One JSON object.
    public static func json(of tree: PodTree) -> [UInt8] {
        var json = JSONWriter(.spaces(2))
        json.object { json in
            json.member("name", tree.name)
            json.member("uid", tree.uid)
            json.member("state", tree.state)
            if let keeper = tree.keeper { json.object("keeper") { write(keeper, &$0) } }
            json.member("network", tree.network)
            json.member("addresses", tree.addresses)
            json.member("cgroups", tree.cgroups)
            json.member("namespaces", tree.namespaces)
            json.array("containers") { json in
                for container in tree.containers { json.object { write(container, &$0) } }
            }
        }
        return json.bytes
    }

    private static func write(_ container: PodTree.Container, _ json: inout JSONWriter) {
        json.member("name", container.name)
        json.member("init", container.isInit)
        json.member("state", container.state)
        json.member("cgroups", container.cgroups)
        json.member("namespaces", container.namespaces)
        json.array("mounts") { json in
            for mount in container.mounts {
                json.object { json in
                    json.member("point", mount.point)
                    json.member("type", mount.type)
                    json.member("source", mount.source)
                    json.member("options", mount.options)
                }
            }
        }
        json.array("processes") { json in for process in container.processes { json.object { write(process, &$0) } } }
    }

    private static func write(_ process: PodTree.Process, _ json: inout JSONWriter) {
        json.member("pid", process.pid)
        json.member("parent", process.parent)
        json.member("name", process.name)
        json.member("state", process.state)
    }
}

/// A line, and those below it.
private struct Branch {
    let line: String
    /// A word of the line that is a state.
    let state: String?
    var below: [Branch] = []

    init(_ line: String, state: String? = nil) {
        self.line = line
        self.state = state
    }

    mutating func add(_ line: String) { below.append(Branch(line)) }
    mutating func add(_ branch: Branch) { below.append(branch) }

    /// Nothing where there are no lines.
    mutating func add(_ title: String, _ lines: [String]) {
        guard !lines.isEmpty else { return }
        var branch = Branch(title)
        for line in lines { branch.add(line) }
        below.append(branch)
    }

    func text(in style: TextStyle) -> String { shown("", style) + text(behind: "", style) }

    /// The whole line, cut where the terminal ends.
    private func shown(_ prefix: String, _ style: TextStyle) -> String {
        let whole = style.fit(prefix + PlainText.line(line))
        guard let state, style.isColored, let place = whole.firstRange(of: "  " + state) else { return whole + "\n" }
        return whole[..<place.lowerBound] + "  " + style.paint(state, StateMood.of(state)) + whole[place.upperBound...] + "\n"
    }

    private func text(behind prefix: String, _ style: TextStyle) -> String {
        var text = ""
        for (index, branch) in below.enumerated() {
            let isLast = index == below.count - 1
            text += branch.shown(prefix + (isLast ? "└─ " : "├─ "), style)
            text += branch.text(behind: prefix + (isLast ? "   " : "│  "), style)
        }
        return text
    }
}
