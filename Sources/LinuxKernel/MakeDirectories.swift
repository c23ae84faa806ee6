import LinuxTypes

/// Makes a directory by host path with its parents, all with the same permissions; what exists stays as it is.
public func makeDirectories(_ path: String, permissions: UInt32) throws(KernelError) {
    do throws(KernelError) {
        try FileDescriptor.workingDirectory.makeDirectory(path, permissions: permissions)
    } catch {
        switch error.errno {
        case .EEXIST: return
        case .ENOENT:
            guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex else { throw error }
            try makeDirectories(String(path[..<slash]), permissions: permissions)
            do throws(KernelError) {
                try FileDescriptor.workingDirectory.makeDirectory(path, permissions: permissions)
            } catch let error where error.errno == .EEXIST {}
        default: throw error
        }
    }
}
