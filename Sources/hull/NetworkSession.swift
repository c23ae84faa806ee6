import CommandSupport
import JournalVerbs
import LinuxTypes
import PodRecords
import PodSandbox
import PodVerbs
import StrictTree

/// What the verbs of `hull network` work with.
struct NetworkSession {
    private let places: PodPlaces

    init(_ options: StoreOptions) throws(Failure) { places = try PodPlaces(options) }

    func carryOut(_ command: NetworkCommand) throws(Failure) -> ExitCode {
        switch command {
        case .list(let arguments): try list(arguments)
        case .inspect(let arguments): try inspect(arguments)
        case .check(let arguments): try check(arguments)
        }
    }

    private func networks(_ file: HostPath?) throws(Failure) -> PodNetworks {
        PodNetworks(places, try attempt { () throws(PodError) in try MachineConfiguration(reading: file) })
    }

    /// Files that are no lists are told, and left out.
    private func all(_ networks: PodNetworks) throws(Failure) -> [PodNetworkState] {
        try attempt { () throws(PodError) in
            for line in try networks.unreadableLists() { Log.plain.write(.warning, line) }
            return try networks.all()
        }
    }

    private func list(_ arguments: ListNetworksArguments) throws(Failure) -> ExitCode {
        let networks = try networks(arguments.configuration)
        let all = try all(networks)
        switch arguments.output {
        case .json: try Output.write(NetworkText.json(all) + [UInt8(ascii: "\n")])
        case .name: try Output.write(NetworkText.names(all).utf8)
        case .table, .yaml: try Output.write(NetworkText.table(all, in: Output.textStyle).utf8)
        }
        return .done
    }

    private func inspect(_ arguments: InspectNetworksArguments) throws(Failure) -> ExitCode {
        let networks = try networks(arguments.configuration)
        let all = try all(networks)
        var chosen: [PodNetworkState] = arguments.names.isEmpty ? all : []
        for name in arguments.names {
            guard let found = all.first(where: { $0.name == name }) else {
                let hint = Suggestion.hint(for: name, in: all.map(\.name))
                throw Failure("there is no network '\(name)'\(hint)", hint: "'hull network ls' lists all", exit: .notFound)
            }
            chosen.append(found)
        }
        let json = NetworkText.json(chosen)
        guard arguments.output == .yaml else {
            try Output.write(json + [UInt8(ascii: "\n")])
            return .done
        }
        let text: String
        do throws(TreeError) { text = try YAMLText.text(of: Document(json: json).root) } catch {
            throw Failure("a network cannot be printed: \(error)")
        }
        try Output.write(text.utf8)
        return .done
    }

    private func check(_ arguments: CheckNetworksArguments) throws(Failure) -> ExitCode {
        let networks = try networks(arguments.configuration)
        let found = try attempt { () throws(PodError) in try arguments.fixes ? networks.fix() : networks.check() }
        switch arguments.output {
        case .json: try Output.write(NetworkText.json(found) + [UInt8(ascii: "\n")])
        case .table, .yaml, .name: try Output.write(NetworkText.lines(found).utf8)
        }
        return found.isEmpty ? .done : .failed
    }

    private func attempt<Result>(_ body: () throws(PodError) -> Result) throws(Failure) -> Result {
        do throws(PodError) { return try body() } catch { throw Failure(error) }
    }
}
