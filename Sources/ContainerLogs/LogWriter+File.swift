import LinuxKernel
import LinuxTypes

extension LogWriter {
    /// Writes all that waits, and then what was lost meanwhile.
    func flush(_ events: inout [LogEvent]) {
        do throws(LogError) {
            if file == nil { try openFile(&events) }
            rotateIfFull(&events)
            if file == nil { try openFile(&events) }
            try drain()
            if !loss.isEmpty {
                loss.cause = failure?.cause ?? ""
                appendGap()
                try drain()
            }
            if failure != nil { events.append(.recovered(episode)) }
            failure = nil
            nextRetry = nil
            episode = LogLoss()
            gap = PerStream(0)
        } catch {
            if failure == nil { events.append(.failing(error)) }
            failure = error
            nextRetry = monotonicMicroseconds() + Self.retryInterval
        }
    }

    private func drain() throws(LogError) {
        while !buffer.isEmpty {
            let count = try kernel { () throws(KernelError) in
                try buffer.withUnwritten { bytes throws(KernelError) in try file?.append(bytes) ?? 0 }
            }
            buffer.advance(count)
        }
    }

    private func openFile(_ events: inout [LogEvent]) throws(LogError) {
        let directory = try kernel { () throws(KernelError) in try place.make() }
        do throws(LogError) {
            if let existing = try LogFile.openExisting(place, in: directory.descriptor) { return adopt(existing, &events) }
        } catch {
            // Never appended to, and in nobody's way: whatever it is gets the name of a rotated file.
            guard error.isNotOurs else { throw error }
            events.append(.setAside(try setAside(directory.descriptor)))
        }
        file = try kernel { () throws(KernelError) in try LogFile.create(place, in: directory.descriptor) }
    }

    private func adopt(_ existing: consuming LogFile, _ events: inout [LogEvent]) {
        // Lines that this writer has begun say more than the file of another.
        if buffer.isEmpty { openLines = existing.openLines }
        if let repair = existing.repair { events.append(.repaired(repair)) }
        file = consume existing
    }

    private func setAside(_ directory: FileDescriptor) throws(LogError) -> String {
        let others = try kernel { () throws(KernelError) in try RotatedName.all(of: place.name, in: directory) }
        return try giveRotatedName(directory, after: others)
    }

    private func giveRotatedName(_ directory: FileDescriptor, after others: [RotatedName]) throws(LogError) -> String {
        try kernel { () throws(KernelError) in
            guard let target = RotatedName(of: place.name, at: .now(), after: others) else {
                throw KernelError(call: "renameat2", errno: .ENAMETOOLONG, subject: "\(place)")
            }
            try directory.rename(place.name, to: target.name)
            return "\(target.name)"
        }
    }

    /// Rotates where the next write would make the file too long: before it, so that a file ends with a whole record. Where that cannot be done, the
    /// file grows on.
    private func rotateIfFull(_ events: inout [LogEvent]) {
        guard let rotation = limits.rotation, let size = file?.size, size > 0, buffer.written == 0,
            size + Int64(buffer.count) > rotation.maximumBytes, size >= nextRotation
        else { return }
        do throws(LogError) {
            events.append(.rotated(try rotate(rotation)))
            nextRotation = 0
        } catch {
            events.append(.rotationFailed(error))
            nextRotation = size + max(rotation.maximumBytes / 10, 1)
        }
    }

    private func rotate(_ rotation: LogRotation) throws(LogError) -> String {
        let directory = try kernel { () throws(KernelError) in try place.open() }
        // Order: before the rename, which on a full disk may need the space.
        let old = try kernel { () throws(KernelError) in
            let rotated = try RotatedName.all(of: place.name, in: directory.descriptor)
            let excess = max(0, rotated.count - (rotation.maximumFiles - 2))
            for name in rotated.prefix(excess) { try directory.descriptor.unlink(name.name) }
            return rotated
        }
        let name = try giveRotatedName(directory.descriptor, after: old)
        // Order: after the rename. The file is full, and one of the first name is made as on the first write.
        file = nil
        return name
    }

    /// Somebody else has renamed the file (CRI's `ReopenContainerLog`): what waits is written to the old one as far as it can be, and all that comes
    /// goes to one of the first name, which is made where it is missing. After an error the old one stays in use, and none was made.
    public func reopen() throws(LogError) -> [LogEvent] {
        var events: [LogEvent] = []
        flush(&events)
        let directory = try kernel { () throws(KernelError) in try place.make() }
        let next: LogFile
        if let existing = try LogFile.openExisting(place, in: directory.descriptor) {
            next = existing
        } else {
            next = try kernel { () throws(KernelError) in try LogFile.create(place, in: directory.descriptor) }
        }
        takeBackRecord()
        if let repair = next.repair { events.append(.repaired(repair)) }
        file = consume next
        nextRotation = 0
        flush(&events)
        return events
    }

    /// A record that the old file has a part of goes into the new one as a whole.
    private func takeBackRecord() {
        if buffer.written > 0 {
            do throws(KernelError) { try file?.cut(buffer.written) } catch {
                // It stays there as half a record, over which readers pass: none of its text is lost.
            }
        }
        buffer.rewindRecord()
    }

    /// Counts what is in the buffer as lost.
    func abandon(_ events: inout [LogEvent]) {
        takeBackRecord()
        var unwritten = LogLoss()
        buffer.forEachRecord { bytes in
            guard let record = LogRecord(bytes) else { return }
            unwritten[record.stream] += UInt64(bytes.count - record.textOffset + (record.isFull ? 1 : 0))
        }
        for stream in [LogStream.stdout, .stderr] { loss[stream] += unwritten[stream] - min(unwritten[stream], gap[stream]) }
        loss.cause = failure?.cause ?? ""
        episode.add(loss)
        if !episode.isEmpty { events.append(.abandoned(episode)) }
        loss = LogLoss()
        gap = PerStream(0)
        episode = LogLoss()
        failure = nil
        nextRetry = nil
        buffer.removeAll()
    }

    /// A second: a full disk is asked seldom, and a reader waits little once there is space.
    private static let retryInterval: Int64 = 1_000_000
}

extension LogError {
    /// Something that is no log has its name.
    fileprivate var isNotOurs: Bool {
        switch self {
        case .notALog: true
        case .kernel(let error): error.errno == .ELOOP || error.errno == .EISDIR || error.errno == .ENXIO
        case .noLog: false
        }
    }
}
