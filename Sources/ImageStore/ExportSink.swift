internal import Digests
internal import ImageSpec
internal import LinuxKernel
internal import LinuxTypes

/// Where an export puts its files.
protocol ExportSink: AnyObject {
    /// A small file.
    func add(_ path: String, _ bytes: [UInt8]) throws(ImageError)
    /// A file of `size` bytes, from its start.
    func add(_ path: String, _ file: FileDescriptor, size: Int64) throws(ImageError)
    func addDirectory(_ path: String) throws(ImageError)
    func finish() throws(ImageError)
}

/// Into a directory that is made for it, or is empty.
final class DirectorySink: ExportSink {
    private let directory: OutputDirectory
    private let path: String

    init(_ path: HostPath) throws(ImageError) {
        self.path = path.string
        directory = try OutputDirectory(path, permissions: 0o755)
    }

    func add(_ path: String, _ bytes: [UInt8]) throws(ImageError) {
        let file = try kernel { () throws(KernelError) in try make(path) }
        try kernel { () throws(KernelError) in try file.descriptor.writeAll(bytes, subject: self.path + "/" + path) }
    }

    func add(_ path: String, _ file: FileDescriptor, size: Int64) throws(ImageError) {
        let copy = try kernel { () throws(KernelError) in try make(path) }
        let writer = FileReceiver(copy.descriptor, self.path + "/" + path)
        try file.pass(from: 0, count: size, to: writer, subject: path)
    }

    func addDirectory(_ path: String) throws(ImageError) {
        try kernel { () throws(KernelError) in try directory.descriptor.makeDirectory(path, permissions: 0o755) }
    }

    func finish() throws(ImageError) {
        try kernel { () throws(KernelError) in try directory.descriptor.synchronizeFileSystem(subject: path) }
    }

    private func make(_ path: String) throws(KernelError) -> OwnedDescriptor {
        try directory.descriptor.open(path, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o644)
    }
}

/// Into a tar.
final class ArchiveSink: ExportSink {
    private var tar: TarWriter

    init(_ sink: @escaping (UnsafeRawBufferPointer) throws(ImageError) -> Void) { tar = TarWriter(sink) }

    func add(_ path: String, _ bytes: [UInt8]) throws(ImageError) { try tar.add(path, bytes) }

    func add(_ path: String, _ file: FileDescriptor, size: Int64) throws(ImageError) {
        try tar.begin(TarWriter.Entry(path: Array(path.utf8), size: size))
        let receiver = ClosureReceiver { bytes throws(ImageError) in try self.tar.write(bytes) }
        try file.pass(from: 0, count: size, to: receiver, subject: path)
    }

    func addDirectory(_ path: String) throws(ImageError) { try tar.addDirectory(path) }
    func finish() throws(ImageError) { try tar.finish() }
}

/// Writes what comes to a file, at its end.
final class FileReceiver: BlobReceiver {
    private let file: FileDescriptor
    private let name: String

    init(_ file: FileDescriptor, _ name: String) {
        self.file = file
        self.name = name
    }

    func begin(_ descriptor: Descriptor) {}
    func take(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        try kernel { () throws(KernelError) in try file.writeAll(bytes, subject: name) }
    }
    func end() {}
}

/// Hands on what comes.
final class ClosureReceiver: BlobReceiver {
    private let body: (UnsafeRawBufferPointer) throws(ImageError) -> Void

    init(_ body: @escaping (UnsafeRawBufferPointer) throws(ImageError) -> Void) { self.body = body }

    func begin(_ descriptor: Descriptor) {}
    func take(_ bytes: UnsafeRawBufferPointer) throws(ImageError) { try body(bytes) }
    func end() {}
}
