internal import LinuxKernel
internal import LinuxTypes

/// Where the files of an uncompressed tar lie, found by its headers alone: whoever wants one reads just that.
///
/// For archives of blobs, whose names are few and plain. Layers, in which everything may occur, are read by `ImageLayers`.
struct TarIndex {
    struct Entry {
        var offset: Int64
        var size: Int64
    }

    private var files: [String: Entry] = [:]
    private var links: [String: String] = [:]
    /// Names of everything, for messages.
    private(set) var count = 0
    private(set) var firstName: String?

    static let entryLimit = 100_000
    private static let nameLimit: Int64 = 64 << 10

    /// `what`: the archive's name for messages.
    init(_ file: FileDescriptor, what: String) throws(ImageError) {
        let length = try kernel { () throws(KernelError) in try file.status().size }
        var reader = HeaderReader(file: file, length: length, what: what)
        while let (header, data) = try reader.next() {
            count += 1
            guard count <= Self.entryLimit else { throw .limit("'\(what)' has more than \(Self.entryLimit) entries") }
            try add(header, data, what)
        }
    }

    private mutating func add(_ header: TarHeader, _ data: Int64, _ what: String) throws(ImageError) {
        // A name that is not UTF-8 is none that anybody asks for.
        guard let text = String(validating: header.name, as: UTF8.self), let name = Self.normalized(text) else { return }
        if firstName == nil { firstName = name }
        switch header.type {
        case UInt8(ascii: "0"), UInt8(ascii: "7"):
            // Two files of one name: one reader takes the first, another the last.
            guard files[name] == nil, links[name] == nil else {
                throw .archive(what, reason: "the file '\(name)' is there twice")
            }
            files[name] = Entry(offset: data, size: header.size)
        case UInt8(ascii: "1"), UInt8(ascii: "2"):
            guard let target = String(validating: header.link, as: UTF8.self) else { return }
            // A hard link counts from the top, a symbolic one from its directory. docker save makes links of layers that are the same.
            let parent = header.type == UInt8(ascii: "1") ? "" : name.split(separator: "/").dropLast().joined(separator: "/")
            links[name] = Self.normalized(parent.isEmpty ? target : parent + "/" + target)
        default: break
        }
    }

    /// Without `.` and doubled slashes; nil where it leads out of the archive.
    static func normalized(_ path: String) -> String? {
        var names: [Substring] = []
        for name in path.split(separator: "/") {
            switch name {
            case ".": continue
            case "..": if names.popLast() == nil { return nil }
            default: names.append(name)
            }
        }
        return names.isEmpty ? nil : names.joined(separator: "/")
    }

    /// The file of a name, through links; nil where there is none.
    func entry(_ name: String) -> Entry? {
        var name = Self.normalized(name)
        for _ in 0..<8 {
            guard let current = name else { return nil }
            if let entry = files[current] { return entry }
            name = links[current]
        }
        return nil
    }

    /// Walks from header to header, taking long names in on the way.
    private struct HeaderReader {
        let file: FileDescriptor
        let length: Int64
        let what: String
        var offset: Int64 = 0

        mutating func next() throws(ImageError) -> (TarHeader, data: Int64)? {
            var name: [UInt8]?
            var link: [UInt8]?
            var size: Int64?
            while offset + Int64(TarHeader.blockSize) <= length {
                guard var header = try header(at: offset) else { return nil }
                let data = offset + Int64(TarHeader.blockSize)
                let isReal = !"xgLK".utf8.contains(header.type)
                if isReal {
                    if let size { header.size = size }
                    if let name { header.name = name }
                    if let link { header.link = link }
                    if !"07".utf8.contains(header.type) { header.size = 0 }
                }
                guard header.size <= length - data else {
                    throw .archive(what, reason: "the archive was cut off: it ends in the middle of a file")
                }
                offset = data + (header.size + 511) / 512 * 512
                if isReal { return (header, data) }
                let extra = try bytes(at: data, header.size)
                switch header.type {
                case UInt8(ascii: "L"): name = Array(extra.prefix { $0 != 0 })
                case UInt8(ascii: "K"): link = Array(extra.prefix { $0 != 0 })
                case UInt8(ascii: "x"):
                    for (key, value) in try records(extra) {
                        switch key {
                        case "path": name = value
                        case "linkpath": link = value
                        case "size":
                            guard let number = Int64(String(decoding: value, as: UTF8.self)), number >= 0 else {
                                throw .archive(what, reason: "the size in a pax header is no number")
                            }
                            size = number
                        default: break
                        }
                    }
                // Of all files behind it: there is nothing in it that we want.
                default: break
                }
            }
            throw .archive(what, reason: "the archive was cut off: its end is missing")
        }

        private func header(at offset: Int64) throws(ImageError) -> TarHeader? {
            let block = try bytes(at: offset, Int64(TarHeader.blockSize))
            do throws(TarDamage) { return try TarHeader(block) } catch { throw .archive(what, reason: error.reason) }
        }

        private func bytes(at offset: Int64, _ size: Int64) throws(ImageError) -> [UInt8] {
            guard size <= TarIndex.nameLimit else { throw .archive(what, reason: "a name in it is too long") }
            return try kernel { () throws(KernelError) in try file.bytes(at: offset, count: Int(size), subject: what) }
        }

        /// Records of a pax header, `LENGTH KEY=VALUE\n`.
        private func records(_ bytes: [UInt8]) throws(ImageError) -> [(String, [UInt8])] {
            var records: [(String, [UInt8])] = []
            var rest = bytes[...]
            while !rest.isEmpty, rest.first != 0 {
                guard let space = rest.firstIndex(of: UInt8(ascii: " ")),
                    let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length > space - rest.startIndex + 2,
                    length <= rest.count, let equals = rest[space...].firstIndex(of: UInt8(ascii: "=")),
                    equals < rest.startIndex + length - 1
                else { throw .archive(what, reason: "a pax header is malformed") }
                let end = rest.startIndex + length
                let key = String(decoding: rest[rest.index(after: space)..<equals], as: UTF8.self)
                records.append((key, Array(rest[rest.index(after: equals)..<(end - 1)])))
                rest = rest[end...]
            }
            return records
        }
    }
}

extension FileDescriptor {
    /// So many bytes from an offset on; fewer where the file ends.
    func bytes(at offset: Int64, count: Int, subject: String) throws(KernelError) -> [UInt8] {
        var failure: KernelError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(KernelError) {
                filled = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer), subject: subject)
            } catch {
                filled = 0
                failure = error
            }
        }
        if let failure { throw failure }
        if bytes.count < count { throw KernelError(call: "pread", errno: .EIO, subject: "\(subject): the file became shorter") }
        return bytes
    }

    /// Passes a part of the file on, a piece at a time.
    func pass(from offset: Int64, count: Int64, to receiver: any BlobReceiver, subject: String) throws(ImageError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var done: Int64 = 0
        while done < count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(buffer.count), count - done))])
            let at = offset + done
            let read = try kernel { () throws(KernelError) in try self.read(at: at, into: part, subject: subject) }
            if read == 0 { throw .archive(subject, reason: "the file became shorter while it was read") }
            try receiver.take(UnsafeRawBufferPointer(rebasing: part[..<read]))
            done += Int64(read)
        }
    }
}
