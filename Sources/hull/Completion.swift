import CommandSupport
import ImageStore
import JournalVerbs
import LinuxTypes
import PodRecords
import PodSandbox
import PodVerbs

/// What may stand in the place of the last of some words, which may be empty or half of something. Shells ask for it at every tab: looking asks nobody, and
/// what goes wrong is no candidate.
struct Completion {
    private let words: [String]
    private let last: String

    init(_ words: [String]) {
        self.words = Array(words.dropLast())
        last = words.last ?? ""
    }

    /// In no order; those that begin as the last word does. Empty where a shell's own files are as good as anything.
    var candidates: [String] { all.filter { $0.hasPrefix(last) } }

    private var all: [String] {
        var operands: [String] = []
        var group: String?
        var verb: String?
        var store = StoreOptions()
        var waiting: String?
        let storeWords = StoreOptions.options
        for word in words {
            if let option = waiting {
                waiting = nil
                if option == "--root" { store.root = HostPath(word) }
                if option == "--run-root" { store.runRoot = HostPath(word) }
                continue
            }
            if word.hasPrefix("-") {
                let known = verb.flatMap { Grammar.manual(of: $0, in: group) }?.words ?? []
                let takes = known + storeWords.map { ("--" + $0.name, $0.value != nil) }
                if takes.contains(where: { $0.option == word && $0.takesValue }) { waiting = word }
                continue
            }
            if verb != nil {
                operands.append(word)
            } else if group == nil, Grammar.groups.contains(word) {
                group = word
            } else {
                verb = word
            }
        }
        if let waiting { return values(of: waiting, verb, operands, store) }
        guard let verb else { return Grammar.verbs(of: group) }
        if last.hasPrefix("-") { return (Grammar.manual(of: verb, in: group)?.words.map(\.option) ?? []) + ["--help"] }
        return self.operands(of: verb, in: group, operands, store)
    }

    private func values(of option: String, _ verb: String?, _ operands: [String], _ store: StoreOptions) -> [String] {
        switch option {
        case "--network": ["none", "host", "bridge"]
        case "-c", "--container": operands.first.map { containers(of: $0, store) } ?? []
        case "-n", "--namespace": Array(Set(pods(store).map(\.namespace)))
        case "-o", "--output": ["json", "yaml", "wide", "name"]
        default: []
        }
    }

    private func operands(of verb: String, in group: String?, _ operands: [String], _ store: StoreOptions) -> [String] {
        switch (group, PodCommand.name(verb) ?? verb) {
        case (nil, "help"): return operands.isEmpty ? Grammar.verbs(of: nil) : Grammar.verbs(of: operands[0])
        case (nil, "completion"): return ["bash", "zsh", "fish"]
        case (nil, "inspect"), (nil, "stop"), (nil, "restart"), (nil, "rm"), (nil, "wait"), (nil, "freeze"), (nil, "thaw"),
            (nil, "stats"), (nil, "upgrade"):
            return names(store)
        case (nil, "logs"), (nil, "exec"), (nil, "attach"), (nil, "label"), (nil, "tree"), (nil, "port-forward"),
            (nil, "history"),
            (nil, "events"), (nil, "why"), (nil, "resize"):
            return operands.isEmpty ? names(store) : []
        case (nil, "cp"): return names(store).map { $0 + ":" }
        case (nil, "config"): return operands.isEmpty ? ["ls", "inspect", "rm"] : []
        case (nil, "container"):
            switch operands.count {
            case 0: return ContainerArguments.Action.allCases.map(\.rawValue)
            case 1: return names(store)
            default: return containers(of: operands[1], store)
            }
        case (nil, "volume"): return operands.isEmpty ? ["ls", "rm"] : []
        case ("image", "load"), ("image", "import"), ("image", "ls"), ("image", "check"), ("image", "prune"): return []
        case ("image", _): return images(store)
        default: return []
        }
    }

    // MARK: Names

    private func pods(_ store: StoreOptions) -> [(namespace: String, name: String)] {
        do throws(PodError) {
            let places = try PodPlaces.absolute(root: store.root, runRoot: store.runRoot)
            return try PodRegistry(places, isWritable: false).lines().map { ($0.sandbox.namespace, $0.sandbox.name) }
        } catch {
            // Then there are no names to offer.
            return []
        }
    }

    private func names(_ store: StoreOptions) -> [String] {
        pods(store).map { PodReference.short($0.name, in: $0.namespace) }
    }

    private func containers(of pod: String, _ store: StoreOptions) -> [String] {
        do throws(PodError) {
            let places = try PodPlaces.absolute(root: store.root, runRoot: store.runRoot)
            let state = try PodRegistry(places, isWritable: false).find(PodReference(pod))
            return state.orderedContainers.map(\.name)
        } catch {
            // Likewise.
            return []
        }
    }

    private func images(_ store: StoreOptions) -> [String] {
        do throws(PodError) {
            let places = try PodPlaces.absolute(root: store.root, runRoot: store.runRoot)
            do throws(ImageError) {
                let store = try ImageStore.openIfPresent(root: places.root, runRoot: places.namedRunRoot)
                // By the names that people type, and by their whole ones where somebody has begun with these.
                return (try store?.images().flatMap(\.names) ?? []).map { name in
                    name.hasPrefix(Self.usual) && !(Self.usual.hasPrefix(last) && !last.isEmpty || last.hasPrefix(Self.usual))
                        ? String(name.dropFirst(Self.usual.count)) : name
                }
            } catch { return [] }
        } catch {
            // Likewise.
            return []
        }
    }

    /// What names of images begin with that say no registry.
    private static let usual = "docker.io/library/"

    // MARK: Scripts

    /// What a shell reads to complete the words of `hull`: it asks `hull complete` each time, so that it never knows another grammar than the program.
    static func script(for shell: String) -> String? {
        switch shell {
        case "bash":
            """
            # hull completion bash: to be read by bash, as from ~/.bashrc: source <(hull completion bash)
            _hull() {
                local word=${COMP_WORDS[COMP_CWORD]} IFS=$'\\n' line
                # A colon separates words for bash: what is being completed reaches back over it.
                if declare -F _get_comp_words_by_ref >/dev/null; then
                    local cur words cword
                    _get_comp_words_by_ref -n : cur words cword
                    COMPREPLY=($("${COMP_WORDS[0]}" complete -- "${words[@]:1:cword}" 2>/dev/null))
                    declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$cur"
                else
                    COMPREPLY=($("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
                fi
                case "${COMPREPLY[0]-}" in *:) compopt -o nospace ;; esac
            }
            complete -o default -F _hull hull

            """
        case "zsh":
            """
            #compdef hull
            # hull completion zsh: a file _hull in a directory of $fpath, or: source <(hull completion zsh)
            _hull() {
                local -a candidates
                candidates=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
                candidates=(${candidates:#})
                if (( $#candidates )); then compadd -- $candidates; else _files; fi
            }
            if [ "$funcstack[1]" = "_hull" ]; then _hull "$@"; else compdef _hull hull; fi

            """
        case "fish":
            """
            # hull completion fish: ~/.config/fish/completions/hull.fish, or: hull completion fish | source
            function __hull_complete
                set -l words (commandline -opc) (commandline -ct)
                $words[1] complete -- $words[2..-1] 2>/dev/null
            end
            complete -c hull -a '(__hull_complete)'

            """
        default: nil
        }
    }
}
