/// What of AppArmor confines a container's programs.
public enum AppArmorProfile: Equatable, Sendable {
    /// Hull's own, which the machine's administrator has loaded.
    case runtimeDefault
    case unconfined
    /// One that is loaded, by its name.
    case localhost(name: String)

    /// As `RuntimeDefault` is called where it is loaded.
    public static let defaultName = "hull-default"

    /// What the kernel calls it.
    public var name: String {
        switch self {
        case .runtimeDefault: Self.defaultName
        case .unconfined: "unconfined"
        case .localhost(let name): name
        }
    }
}
