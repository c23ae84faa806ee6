import LinuxKernel
import LinuxTypes

/// The files of a log at one moment, oldest first.
struct LogListing {
    struct Entry {
        /// nil for the file that is being written.
        let rotated: RotatedName?
        let name: FileName
        let device: UInt64
        let inode: UInt64
    }

    let entries: [Entry]
    /// How many have been compressed.
    let compressed: Int

    /// Empty where there is no directory. What is no plain file is left out.
    static func read(_ place: LogPlace) throws(LogError) -> LogListing {
        try kernel { () throws(KernelError) in
            let directory: OwnedDescriptor
            do throws(KernelError) {
                directory = try place.open()
            } catch let error where error.errno == .ENOENT {
                return LogListing(entries: [], compressed: 0)
            }
            // A rotation between the names and the look at them would hide a file: then once more.
            var names = try RotatedName.all(of: place.name, in: directory.descriptor)
            for _ in 0..<attempts {
                let entries = try look(at: names, place, directory.descriptor)
                let again = try RotatedName.all(of: place.name, in: directory.descriptor)
                if again == names { return try with(entries, place, directory.descriptor) }
                names = again
            }
            throw KernelError(call: "getdents64", errno: .EBUSY, subject: "\(place)")
        }
    }

    private static let attempts = 100

    private static func look(
        at names: [RotatedName], _ place: LogPlace, _ directory: FileDescriptor
    ) throws(KernelError) -> [Entry] {
        var entries: [Entry] = []
        for (name, rotated) in names.map({ ($0.name, Optional($0)) }) + [(place.name, nil)] {
            do throws(KernelError) {
                let status = try directory.status(of: name)
                guard status.type == .regular else { continue }
                entries.append(Entry(rotated: rotated, name: name, device: status.device, inode: status.inode))
            } catch let error where error.errno == .ENOENT {}
        }
        return entries
    }

    private static func with(
        _ entries: [Entry], _ place: LogPlace, _ directory: FileDescriptor
    ) throws(KernelError) -> LogListing {
        var compressed = 0
        var names = try DirectoryStream(directory, bufferSize: 4096)
        let suffix = Array(".gz".utf8)
        while let (name, _) = try names.next() {
            guard name.bytes.suffix(3).elementsEqual(suffix), let rest = FileName(Array(name.bytes.dropLast(3))) else { continue }
            if RotatedName(rest, of: place.name) != nil { compressed += 1 }
        }
        return LogListing(entries: entries, compressed: compressed)
    }
}

/// A file of a log, open for reading.
struct LogSource: ~Copyable {
    let handle: OwnedDescriptor
    let entry: LogListing.Entry

    /// nil where the name stands for another file by now.
    static func open(_ entry: LogListing.Entry, _ place: LogPlace) throws(LogError) -> LogSource? {
        do throws(KernelError) {
            let directory = try place.open()
            // A FIFO that took its place blocks nobody.
            let handle = try directory.descriptor.open(entry.name, [.readOnly, .nonblocking])
            let status = try handle.descriptor.status()
            guard status.device == entry.device, status.inode == entry.inode else { return nil }
            return LogSource(handle: handle, entry: entry)
        } catch let error where error.errno == .ENOENT || error.errno == .ELOOP {
            return nil
        } catch {
            throw .kernel(error)
        }
    }

    private init(handle: consuming OwnedDescriptor, entry: LogListing.Entry) {
        self.handle = handle
        self.entry = entry
    }
}
