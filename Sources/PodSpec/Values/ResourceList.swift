/// Amounts of resources; nil means nothing is said, zero is kept as written.
public struct ResourceList: Equatable, Sendable {
    /// Cores: `milliValue` is thousandths of one.
    public var cpu: Quantity?
    /// Bytes.
    public var memory: Quantity?
    /// Bytes of huge pages, by the bytes of a page.
    public var hugePages: [UInt64: Quantity] = [:]

    /// Bytes that a container writes into its root; of limits only.
    public var ephemeralStorage: Quantity?

    public init(cpu: Quantity? = nil, memory: Quantity? = nil) {
        self.cpu = cpu
        self.memory = memory
    }

    public var isEmpty: Bool { cpu == nil && memory == nil && hugePages.isEmpty && ephemeralStorage == nil }
}
