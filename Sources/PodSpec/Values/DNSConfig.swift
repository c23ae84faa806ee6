/// What is added to `/etc/resolv.conf`, or with the policy `None` all of it.
public struct DNSConfig: Equatable, Sendable {
    /// Addresses, as written; at most 3.
    public var nameservers: [String]
    /// At most 32, 2,048 bytes together.
    public var searches: [String]
    public var options: [DNSOption]

    public init(nameservers: [String] = [], searches: [String] = [], options: [DNSOption] = []) {
        self.nameservers = nameservers
        self.searches = searches
        self.options = options
    }
}

/// An option of `resolv.conf(5)`: `name`, or `name:value`.
public struct DNSOption: Equatable, Sendable {
    public var name: String
    public var value: String?

    public init(name: String, value: String? = nil) {
        self.name = name
        self.value = value
    }
}
