public import ImageLayers
internal import LinuxKernel
import LinuxTypes

/// What one layer of an image makes of those below it.
public struct LayerContents: Sendable {
    public var layer: ImageRecord.Layer
    /// Entries of each kind.
    public var counts: [LayerChange.Kind: Int] = [:]
    /// Bytes of files that are new or take the place of others; each name of a file with several counts.
    public var bytes: UInt64 = 0
    /// Every path, where they were asked for.
    public var changes: [LayerChange] = []
}

extension ImageStore {
    /// What a layer of an image adds, replaces and hides. `index` counts from the top one, which is 0.
    public func contents(of image: StoredImage, fromTop index: Int, withPaths: Bool) throws(ImageError) -> LayerContents {
        // Whoever removes the image meanwhile leaves its layers to the next who comes.
        try lock(image.record.layers.map(\.diffID), .shared)
        defer { locks.releaseAll() }
        let trees = try trees(of: image)
        let layer = image.record.layers.reversed()[index]
        let count = ContentsCount(layer, keepsChanges: withPaths)
        let below = Array(trees.descriptors[(index + 1)...])
        try layering("layer \(layer.diffID)") { () throws(LayerError) in
            try LayerStack.changes(of: trees[index], over: below) { count.take($0) }
        }
        return count.contents
    }
}

/// Counts what a closure is called with.
private final class ContentsCount {
    var contents: LayerContents
    private let keepsChanges: Bool

    init(_ layer: ImageRecord.Layer, keepsChanges: Bool) {
        contents = LayerContents(layer: layer)
        self.keepsChanges = keepsChanges
    }

    func take(_ change: LayerChange) {
        contents.counts[change.kind, default: 0] += 1
        contents.bytes &+= UInt64(clamping: change.size)
        if keepsChanges { contents.changes.append(change) }
    }
}
