import LinuxTypes

/// The parent of a process as the caller's PID namespace counts, 0 for one outside of it; nil where there is no such process. Asks for nothing that a process
/// can hold on to: neither its memory nor its command line.
public func parent(of pid: Int32) throws(KernelError) -> Int32? {
    let text: String
    do throws(KernelError) { text = try readText("/proc/\(pid)/stat", limit: 4096) } catch {
        if error.errno == .ENOENT || error.errno == .ESRCH { return nil }
        throw error
    }
    // The name before may hold any character.
    guard let close = text.utf8.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    return text[close...].split(separator: " ").dropFirst(2).first.flatMap { Int32($0) }
}
