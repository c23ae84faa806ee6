internal import LinuxKernel

/// The shared header as an open file.
struct SharedFile {
    private let disk: any Disk
    private let store: Identifier
    private let boot: Identifier
    private let isWritable: Bool
    private var file: DiskFile?
    /// What it said when the writer's lock was taken. Whoever has the lock need not ask again: nobody else writes the words that he goes by.
    private var held: SharedHeader?

    init(disk: any Disk, store: Identifier, boot: Identifier, isWritable: Bool) {
        self.disk = disk
        self.store = store
        self.boot = boot
        self.isWritable = isWritable
    }

    /// The same as `read`, asked once for each time that the writer's lock is held, and again after each word that we write.
    mutating func readHeld() throws(JournalError) -> SharedHeader? {
        if held == nil { held = try read() }
        return held
    }

    /// The writer's lock is let go.
    mutating func release() { held = nil }

    /// What the header says now; nil where there is none of this boot yet.
    mutating func read() throws(JournalError) -> SharedHeader? {
        if file == nil {
            let name = SharedHeader.name(store)
            file = try kernel { () throws(KernelError) in try disk.openIfPresent(name, writable: isWritable) }
        }
        guard let file else { return nil }
        // A word that is being written has settled by the next look.
        for _ in 0..<8 {
            if let header = try look(file) { return header }
        }
        // Of another boot, or damaged: whoever writes next makes a new one under this name.
        close()
        return nil
    }

    private func look(_ file: DiskFile) throws(JournalError) -> SharedHeader? {
        var failure: KernelError?
        let header = withUnsafeTemporaryAllocation(byteCount: SharedHeader.size, alignment: 16) { buffer -> SharedHeader? in
            do throws(KernelError) {
                let count = try disk.read(file, at: 0, into: buffer)
                return SharedHeader(UnsafeRawBufferPointer(buffer).part(0, count), store: store, boot: boot)
            } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw .kernel(failure) }
        return header
    }

    /// Writes neighboring words from one on.
    mutating func write(_ first: SharedHeader.Word, _ values: [UInt64]) throws(JournalError) {
        held = nil
        guard let file else { return }
        var failure: KernelError?
        SharedHeader.withEncoded(values) { bytes in
            do throws(KernelError) {
                try disk.write(file, at: UInt64(SharedHeader.offset(first)), bytes)
            } catch { failure = error }
        }
        if let failure { throw .kernel(failure) }
    }

    /// Puts a new header in place of whatever is there. Under both locks.
    mutating func replace(_ header: SharedHeader) throws(JournalError) {
        close()
        let name = SharedHeader.name(store)
        file = try kernel { () throws(KernelError) in
            try disk.removeIfPresent(name + ".new")
            let file = try disk.create(name + ".new")
            do throws(KernelError) {
                try disk.write(file, at: 0, header.bytes(store: store, boot: boot))
                try disk.rename(name + ".new", to: name)
            } catch {
                disk.close(file)
                throw error
            }
            return file
        }
    }

    mutating func close() {
        held = nil
        if let file { disk.close(file) }
        file = nil
    }
}
