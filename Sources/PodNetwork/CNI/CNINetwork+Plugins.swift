import StrictTree

extension CNINetwork {
    func program(_ plugin: CNINetworkList.Plugin, _ verb: PluginProgram.Verb, _ variables: [String]) -> PluginProgram {
        willTakeStep("\(verb.rawValue) \(plugin.type)")
        return PluginProgram(place: place, type: plugin.type, verb: verb, variables: variables)
    }

    /// Runs a plugin for an attachment.
    func run(
        _ plugin: CNINetworkList.Plugin, _ verb: PluginProgram.Verb, _ record: CNIRecord, _ list: CNINetworkList,
        previous: [UInt8]
    ) throws(NetworkError) -> [UInt8] {
        let input = try input(plugin, list, capabilities: record.capabilities, previous: previous) { _ in }
        return try program(plugin, verb, record.attachment.variables).run(input)
    }

    /// What a plugin reads: its own configuration less `capabilities`, and what the runtime adds.
    func input(
        _ plugin: CNINetworkList.Plugin, _ list: CNINetworkList, capabilities: [UInt8]?, previous: [UInt8],
        _ more: (inout JSONWriter) -> Void
    ) throws(NetworkError) -> [UInt8] {
        do throws(TreeError) {
            let previous = previous.isEmpty ? nil : try Document(json: previous).root
            let wanted = try capabilities.map { bytes throws(TreeError) in try Document(json: bytes).root }
            var offered: [(key: String, value: Value)] = []
            if let wanted {
                for member in try wanted.members where plugin.capabilities.contains(member.anyKey) {
                    offered.append((member.anyKey, member.value))
                }
            }
            let members = try plugin.object.members
            var json = JSONWriter()
            json.object { json in
                json.member("cniVersion", list.version.rawValue)
                json.member("name", list.name)
                for member in members where !["capabilities", "cniVersion", "name"].contains(member.anyKey) {
                    json.member(member.anyKey, copying: member.value)
                }
                if !offered.isEmpty {
                    json.object("runtimeConfig") { json in
                        for (key, value) in offered { json.member(key, copying: value) }
                    }
                }
                if let previous { json.member("prevResult", copying: previous) }
                more(&json)
            }
            return json.bytes
        } catch { throw NetworkError(.failed, "what is recorded of the network '\(list.name)' cannot be read: \(error)") }
    }

    /// All capabilities that have a value, as one object.
    static func encoded(_ capabilities: CNICapabilities) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for (name, write) in capabilities.all { write(name, &json) }
        }
        return json.bytes
    }
}
