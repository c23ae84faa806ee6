import CommandSupport
import ImageVerbs
import JournalVerbs
import PodVerbs

/// All that can be typed, for who prints it or completes it.
enum Grammar {
    /// Words that have verbs of their own behind them.
    static let groups = ["image", "network", "journal"]
    /// Words of the program itself.
    static let others = ["completion", "manual", "version", "help"]

    static func verbs(of group: String?) -> [String] {
        switch group {
        case "image": ImageCommand.verbs.names
        case "network": NetworkCommand.verbs.names
        case "journal": JournalCommand.verbs.names
        default: PodCommand.verbs.names + groups + others
        }
    }

    static func manual(of verb: String, in group: String?) -> Manual? {
        switch group {
        case "image": ImageHelp.manual(for: ImageCommand.verbs.others[verb] ?? verb)
        case "network": NetworkHelp.manual(for: NetworkCommand.verbs.others[verb] ?? verb)
        case "journal": JournalHelp.manual(for: JournalCommand.verbs.others[verb] ?? verb)
        default: PodCommand.name(verb).flatMap(PodCommand.manual(for:))
        }
    }

    /// Pages for `man`, each with the name of its file.
    static func pages(help: String) -> [(file: String, text: String)] {
        var pages = [("hull.1", Manual.page(named: "hull", effect: "runs pods on one Linux machine", of: help))]
        for group in groups {
            let name = "hull-\(group)"
            let text =
                switch group {
                case "image": ImageHelp.text(for: nil)
                case "network": NetworkHelp.text(for: nil)
                default: JournalHelp.text(for: nil)
                }
            pages.append((name + ".1", Manual.page(named: name, effect: "the verbs of hull \(group)", of: text)))
        }
        for group in [nil] + groups.map(Swift.Optional.some) {
            for verb in verbs(of: group) {
                guard let manual = manual(of: verb, in: group) else { continue }
                let name = "hull-" + (group.map { $0 + "-" } ?? "") + verb
                pages.append((name + ".1", manual.page(named: name)))
            }
        }
        return pages
    }
}
