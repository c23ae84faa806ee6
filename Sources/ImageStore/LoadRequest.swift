public import ImageLayers
public import ImageSpec

/// What to load of a source, and how.
public struct LoadRequest: Sendable {
    /// For which platform; of those of an index the one that serves it best.
    public var platform = Platform.host
    /// What the image is to be called, instead of what the source says; for a source with one image.
    public var name: ImageReference?
    /// What a bare tag of the source is a tag of, as `localhost/archive`; nil where there is no such name.
    public var family: String?
    /// Seconds to wait for somebody who loads the same.
    public var patience = defaultPatience
    public static let defaultPatience: Int64 = 600

    /// How much each layer that comes in may ask for.
    public var layerLimits = LayerLimits()

    public init() {}
}

/// An image that was loaded.
public struct LoadedImage: Sendable {
    public var record: ImageRecord
    /// Whole names that now point to it.
    public var names: [String]
    /// Whether all of it was there before.
    public var wasPresent: Bool
}
