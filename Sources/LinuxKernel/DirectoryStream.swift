import CLinux
import Glibc
public import LinuxTypes

/// The names in an open directory with their types as the file system tells them, in its order, without `.` and `..`. It keeps one buffer, however
/// large the directory is; names that come or go meanwhile may be seen or not, as `getdents64(2)` has it.
public struct DirectoryStream: ~Copyable {
    private let directory: FileDescriptor
    private var buffer: [UInt8]
    private var filled = 0
    private var at = 0

    /// From the first name on. The directory is open for reading, and stays so.
    public init(_ directory: FileDescriptor, bufferSize: Int = 32 * 1024) throws(KernelError) {
        self.directory = directory
        buffer = [UInt8](repeating: 0, count: bufferSize)
        try check("lseek", "", systemCall(__NR_lseek, directory.argument, 0, 0))
    }

    /// The next name; nil at the end. The type is nil where the file system does not say.
    public mutating func next() throws(KernelError) -> (name: FileName, type: FileType?)? {
        while true {
            if at >= filled {
                filled = try buffer.withMutableBytes { bytes throws(KernelError) in
                    try check(
                        "getdents64", "", systemCall(__NR_getdents64, directory.argument, address(bytes.baseAddress), bytes.count)
                    )
                }
                at = 0
                if filled == 0 { return nil }
            }
            // `struct linux_dirent64`: inode 8, offset 8, record length 2, type 1, then the name and a NUL.
            let length = Int(buffer[at + 16]) | Int(buffer[at + 17]) << 8
            let type = FileType(rawValue: UInt32(buffer[at + 18]) << 12)
            let name = FileName(buffer[(at + 19)..<(at + length)].prefix { $0 != 0 })
            at += length
            // `.` and `..` are no names.
            if let name { return (name, type) }
        }
    }
}
