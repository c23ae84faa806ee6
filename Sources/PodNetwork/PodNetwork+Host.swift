import Netlink

extension PodNetwork {
    /// Refuses subnets that the host already has a way to. Default routes lead everywhere and count for nothing.
    func checkRoutes() throws(NetworkError) {
        for subnet in configuration.subnets {
            let found = try during("cannot look at the host's routes") { () throws(NetlinkError) in
                try route.routes(subnet.family) { $0.destination.prefixLength > 0 && $0.destination.overlaps(subnet) }
            }
            guard let inUse = found.first else { continue }
            let interface = try name(of: inUse.index).map { " by '\($0)'" } ?? ""
            throw NetworkError(
                .refused, "the subnet \(subnet) is in use: the host has a route to \(inUse.destination)\(interface)",
                hint: "choose another subnet in the configuration of the network")
        }
    }

    private func name(of index: Int32) throws(NetworkError) -> String? {
        let links = try during("cannot look at the host's interfaces") { () throws(NetlinkError) in try route.links() }
        return links.first { $0.index == index }?.name
    }

    /// Refuses a host where another's table drops what we forward: in nf_tables no table of ours can take that back.
    func checkForeignChains() throws(NetworkError) {
        if let text = try foreignDrop() {
            throw NetworkError(
                .refused, text, hint: "let it accept packets from and to '\(configuration.bridge)', as docs/networking.md shows")
        }
    }

    /// A chain of another that drops forwarded packets and has no rule about our bridge.
    func foreignDrop() throws(NetworkError) -> String? {
        let ours = configuration.bridge.string
        let chains = try during("cannot look at nf_tables") { () throws(NetlinkError) in try netfilter.forwardChains() }
        for chain in chains where chain.table.name != ours {
            if configuration.subnet6 == nil, chain.table.family == .ip6 { continue }
            let found = try during("cannot look at nf_tables") { () throws(NetlinkError) in
                try netfilter.examine(chain, interface: configuration.bridge)
            }
            guard chain.dropsByDefault || found.endsWithDrop, !found.names else { continue }
            return "the chain '\(chain.name)' of the table '\(chain.table)' drops what this host forwards, the pods' packets too"
        }
        return nil
    }
}
