public import LinuxKernel
public import LinuxTypes

/// What a layer makes of one path of those below.
public struct LayerChange: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// Nothing was seen there.
        case added
        /// Something was seen there: another file, or a directory with another owner or other permissions.
        case replaced
        /// It was seen and is gone, with all that lay in it.
        case hidden
    }

    public var kind: Kind
    /// Names below the root, in any bytes.
    public var names: [FileName]
    /// Of what the layer has there; of what is gone where it is hidden. nil for a type that has no name.
    public var type: FileType?
    /// Bytes of a regular file that the layer has; else 0.
    public var size: Int64
}

extension LayerStack {
    /// Calls `visit` with each path that a layer adds, replaces or hides, given the layers below it, the top one first: a directory before what lies in
    /// it, names in the order of their bytes. A directory that is there already and stays as it was is no change; a whiteout that hides nothing is none.
    public static func changes(
        of layer: FileDescriptor, over below: [FileDescriptor], form: OverlayForm = .trusted,
        _ visit: @escaping (LayerChange) throws(LayerError) -> Void
    ) throws(LayerError) {
        let visible = below[..<(try visibleCount(of: below, form: form))]
        let walk = ChangeWalk(marks: OverlayMarks(form), visit: visit)
        let isOpaque = try walk.marks.isOpaque(layer)
        try walk.walk(layer, over: visible, isOpaque: isOpaque, [])
    }
}

private struct ChangeWalk {
    let marks: OverlayMarks
    let visit: (LayerChange) throws(LayerError) -> Void

    /// One directory of the layer over the same of the layers below. `isOpaque`: nothing of those is seen but what the layer has too.
    func walk(
        _ directory: FileDescriptor, over below: ArraySlice<FileDescriptor>, isOpaque: Bool, _ path: [FileName]
    ) throws(LayerError) {
        let names = try kernel("list", text(path)) { () throws(KernelError) in try SortedNames(of: directory) }
        for index in 0..<names.count {
            guard let name = names[index], let status = try marks.status(of: name, in: directory) else { continue }
            try tell(name, status, in: directory, over: below, isOpaque: isOpaque, path + [name])
        }
        if isOpaque { try tellHidden(by: directory, below, path) }
    }

    private func tell(
        _ name: FileName, _ status: FileStatus, in directory: FileDescriptor, over below: ArraySlice<FileDescriptor>,
        isOpaque: Bool, _ path: [FileName]
    ) throws(LayerError) {
        let old = try marks.seen(name, in: below)
        if try marks.isWhiteout(status, name, in: directory) {
            if let old { try visit(LayerChange(kind: .hidden, names: path, type: old.status.type, size: 0)) }
            return
        }
        let isMerged = old?.status.type == .directory && status.type == .directory
        if !isMerged || old.map({ !$0.status.isDressed(as: status) }) ?? true {
            let size = status.type == .regular ? status.size : 0
            try visit(LayerChange(kind: old == nil ? .added : .replaced, names: path, type: status.type, size: size))
        }
        guard status.type == .directory else { return }
        let opened = try marks.merged(name, in: directory, below: [], path: text(path))
        guard isMerged, let old else { return try walk(opened[0], over: [], isOpaque: false, path) }
        let lower = try marks.merged(name, in: below[old.index], below: below[(old.index + 1)...], path: text(path))
        let hidesAll = try marks.isOpaque(opened[0])
        try walk(opened[0], over: lower.descriptors[...], isOpaque: isOpaque || hidesAll, path)
    }

    /// What was seen below an opaque directory and is not in it.
    private func tellHidden(
        by directory: FileDescriptor, _ below: ArraySlice<FileDescriptor>, _ path: [FileName]
    ) throws(LayerError) {
        for (index, lower) in zip(below.indices, below) {
            let names = try kernel("list", text(path)) { () throws(KernelError) in try SortedNames(of: lower) }
            for place in 0..<names.count {
                guard let name = names[place], try !marks.isPresent(name, in: below[..<index]),
                    try !marks.isPresent(name, in: [directory]), let seen = try marks.seen(name, in: [lower])
                else { continue }
                try visit(LayerChange(kind: .hidden, names: path + [name], type: seen.status.type, size: 0))
            }
        }
    }

    private func text(_ path: [FileName]) -> String { path.map { "\($0)" }.joined(by: "/") }
}

extension FileStatus {
    /// Whether somebody who looks at a directory sees no difference but its time, which changes with what lies in it.
    fileprivate func isDressed(as other: FileStatus) -> Bool {
        permissions == other.permissions && uid == other.uid && gid == other.gid
    }
}
