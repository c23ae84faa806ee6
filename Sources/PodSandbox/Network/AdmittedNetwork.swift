internal import LinuxTypes
internal import PodNetwork

/// A network that this machine has, as far as that can be said before a pod comes.
public struct AdmittedNetwork: Hashable, Sendable {
    public let mode: NetworkMode
    /// Whether ports of the host can lead to a pod in it.
    let hasPorts: Bool
    /// Where they could, for who misses them.
    let hint: String?
    /// What is recorded with a pod's plan, so that later changes of the configuration do not reach it.
    let settings: String
}

extension MachineConfiguration {
    /// Throws `invalid` for a network of CNI that is not configured.
    public func admit(_ mode: NetworkMode) throws(PodError) -> AdmittedNetwork {
        let settings = String(decoding: json, as: UTF8.self)
        switch mode {
        case .none: return AdmittedNetwork(mode: mode, hasPorts: false, hint: "'--network bridge' has them", settings: "")
        case .host: return AdmittedNetwork(mode: mode, hasPorts: true, hint: nil, settings: "")
        case .bridge:
            return AdmittedNetwork(
                mode: mode, hasPorts: bridgeNetwork.translatesAddresses, hint: "its configuration turns 'masquerade' off",
                settings: settings)
        case .cni(let name):
            let list: CNINetworkList
            do throws(NetworkError) { list = try cniList(named: name) } catch {
                throw PodError(.invalid, error.description, hint: error.hint)
            }
            return AdmittedNetwork(
                mode: mode, hasPorts: list.mapsPorts, hint: "none of its plugins has the capability 'portMappings'",
                settings: settings)
        }
    }

    func cniList(named name: String) throws(NetworkError) -> CNINetworkList {
        guard let directory = cni.lists else { throw NetworkError(.refused, "no directory of CNI networks is configured") }
        return try CNIDirectory(directory).list(named: name)
    }

    /// How plugins are run: with nothing of the caller's environment.
    var pluginPlace: PluginPlace {
        PluginPlace(
            directories: cni.plugins, environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            timeoutMilliseconds: Int(cni.timeoutSeconds) * 1000)
    }
}
