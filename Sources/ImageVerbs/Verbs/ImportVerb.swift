import CommandSupport
public import ImageLayers
public import ImageSpec
import JournalVerbs
public import LinuxTypes
import OCISpec
import StrictTree

/// What `import` was given.
public struct ImportArguments: Hashable, Sendable {
    /// nil: stdin.
    public var path: HostPath?
    public var name: ImageReference
    public var platform = Platform.host
    public var user = ""
    public var workingDirectory = ""
    public var entrypoint: [String] = []
    public var cmd: [String] = []
    public var env: [String] = []
    /// `KEY=VALUE` each.
    public var labels: [String] = []
    public var stopSignal: String?
    public var isQuiet = false
    public var limits = LayerLimits()

    /// What the image is to run.
    public var execution: ImageExecution {
        var map: OrderedMap<String> = [:]
        for label in labels {
            let equals = label.utf8.firstIndex(of: UInt8(ascii: "=")) ?? label.endIndex
            map[String(label[..<equals])] = String(label[equals...].dropFirst())
        }
        return ImageExecution(
            user: user, env: env, entrypoint: entrypoint, cmd: cmd, workingDirectory: workingDirectory, labels: map,
            stopSignal: stopSignal)
    }
}

/// The grammar of `import`.
enum ImportVerb {
    static let options =
        [
            Option("entrypoint", value: "WORD", help: "a word of the program, or a JSON array of all; may be repeated"),
            Option("cmd", value: "WORD", help: "a word of its usual arguments, or a JSON array of all; may be repeated"),
            Option("env", "e", value: "NAME=VALUE", help: "an environment variable; may be repeated"),
            Option("user", "u", value: "USER[:GROUP]", help: "who runs it; names are looked up in the image"),
            Option("workdir", "w", value: "DIR", help: "where it runs"),
            Option("label", "l", value: "KEY=VALUE", help: "a label; may be repeated"),
            Option("stop-signal", value: "SIGNAL", help: "what asks it to end"),
            ImageOption.platform, ImageOption.quiet,
        ] + LayerLimitOptions.options

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> ImportArguments {
        // Replaced when the operands are known, which come between the options.
        var arguments = ImportArguments(name: try verb.reader.reference("unnamed"))
        try verb.read(options, limit: 2) { token, reader throws(UsageError) in
            if try LayerLimitOptions.take(token, reader, &arguments.limits) { return }
            switch token {
            case .value("entrypoint", let text): arguments.entrypoint += try words(text, "--entrypoint", reader)
            case .value("cmd", let text): arguments.cmd += try words(text, "--cmd", reader)
            case .value("env", let text): arguments.env.append(try pair(text, "--env", reader))
            case .value("label", let text): arguments.labels.append(try pair(text, "--label", reader))
            case .value("user", let text): arguments.user = try user(text, reader)
            case .value("workdir", let text): arguments.workingDirectory = try directory(text, reader)
            case .value("stop-signal", let text): arguments.stopSignal = try signal(text, reader)
            case .value("platform", let text): arguments.platform = try reader.platform(text)
            case .flag("quiet", let on): arguments.isQuiet = on
            default: break
            }
        }
        let word = try verb.operand(0, "archive or directory; '-' reads stdin")
        arguments.name = try verb.reader.reference(try verb.operand(1, "name for the image"))
        if word != "-" { arguments.path = try verb.reader.path(word, "TAR|DIR") }
        return arguments
    }

    /// One word, or all of them as JSON.
    private static func words(_ text: String, _ option: String, _ reader: ArgumentReader) throws(UsageError) -> [String] {
        guard text.utf8.first == UInt8(ascii: "[") else { return [text] }
        do throws(TreeError) { return try Document(json: Array(text.utf8)).root.strings } catch {
            throw reader.wrong("\(option) is a word or a JSON array of strings: \(error)")
        }
    }

    private static func pair(_ text: String, _ option: String, _ reader: ArgumentReader) throws(UsageError) -> String {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals > text.startIndex else {
            throw reader.wrong("\(option) is NAME=VALUE, not '\(text)'")
        }
        return text
    }

    private static func user(_ text: String, _ reader: ArgumentReader) throws(UsageError) -> String {
        do throws(ImageUserError) { _ = try ImageUser(text) } catch { throw reader.wrong("--user: \(error)") }
        return text
    }

    private static func directory(_ text: String, _ reader: ArgumentReader) throws(UsageError) -> String {
        guard text.utf8.first == UInt8(ascii: "/") else { throw reader.wrong("--workdir is an absolute path, not '\(text)'") }
        return text
    }

    private static func signal(_ text: String, _ reader: ArgumentReader) throws(UsageError) -> String {
        guard Signal(parsing: text) != nil else { throw reader.wrong("--stop-signal is no signal: '\(text)'") }
        return text
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "import [OPTIONS] TAR|DIR|- NAME",
            about: """
                Makes an image of one layer from a root file system: a tar, compressed or not, which becomes the layer as it is, or a directory;
                '-' reads a tar from stdin. Prints the image's id.
                """,
            options: options,
            examples: [
                ("hull image import --cmd '[\"sh\"]' rootfs/ example.org/base:1", "from a directory"),
                (
                    "mmdebstrap stable - | hull image import --cmd /bin/bash - debian:stable",
                    "a Debian root file system from a pipe"
                ),
            ])
    }
}
