import LinuxKernel
import LinuxTypes

/// What overlayfs's marks in the directories of layers mean.
struct OverlayMarks {
    private let form: OverlayForm

    init(_ form: OverlayForm) { self.form = form }

    /// nil where there is nothing. What is there may be a whiteout.
    func status(of name: FileName, in directory: FileDescriptor) throws(LayerError) -> FileStatus? {
        do throws(KernelError) { return try directory.status(of: name) } catch {
            if error.errno == .ENOENT { return nil }
            throw .kernel(error, doing: "look at", path: "\(name)")
        }
    }

    func isWhiteout(_ status: FileStatus, _ name: FileName, in directory: FileDescriptor) throws(LayerError) -> Bool {
        if status.type == .characterDevice { return status.deviceNumber.encoded == 0 }
        guard status.type == .regular, status.size == 0 else { return false }
        return try kernel("look at", "\(name)") { () throws(KernelError) in
            try directory.attribute(form.whiteout, of: name) != nil
        }
    }

    func isOpaque(_ directory: FileDescriptor) throws(LayerError) -> Bool {
        try kernel("look at") { () throws(KernelError) in try directory.attribute(form.opaque) == [UInt8(ascii: "y")] }
    }

    /// Whether any of the layers says something of the name, a whiteout too.
    func isPresent(_ name: FileName, in directories: ArraySlice<FileDescriptor>) throws(LayerError) -> Bool {
        for directory in directories {
            if try status(of: name, in: directory) != nil { return true }
        }
        return false
    }

    /// What is seen under a name, given the directories of the layers, the top one first: with the index of the one that has it. nil for a whiteout too.
    func seen(
        _ name: FileName, in directories: ArraySlice<FileDescriptor>
    ) throws(LayerError) -> (status: FileStatus, index: Int)? {
        for (index, directory) in zip(directories.indices, directories) {
            guard let status = try status(of: name, in: directory) else { continue }
            return try isWhiteout(status, name, in: directory) ? nil : (status, index)
        }
        return nil
    }

    /// A directory of a layer and those of the layers below that are seen through it, the top one first, open for reading.
    func merged(
        _ name: FileName, in directory: FileDescriptor, below: ArraySlice<FileDescriptor>, path: String
    ) throws(LayerError) -> DescriptorList {
        var merged = DescriptorList()
        try open(name, in: directory, to: &merged, path)
        if try isOpaque(merged[0]) { return merged }
        for lower in below {
            guard let status = try status(of: name, in: lower) else { continue }
            guard status.type == .directory else { break }
            let index = merged.count
            try open(name, in: lower, to: &merged, path)
            if try isOpaque(merged[index]) { break }
        }
        return merged
    }

    private func open(
        _ name: FileName, in directory: FileDescriptor, to list: inout DescriptorList, _ path: String
    ) throws(LayerError) {
        do throws(KernelError) { list.append(try directory.openBeneath([name], .directory)) } catch {
            throw .kernel(error, doing: "open", path: path)
        }
    }
}
