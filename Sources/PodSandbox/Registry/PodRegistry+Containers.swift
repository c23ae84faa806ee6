internal import Journal
internal import LinuxTypes
internal import PodRecords

extension PodRegistry {
    /// The pods that have a container of this name, oldest first. Plans are looked through as bytes: of a thousand only those are taken apart that have the
    /// name in quotes.
    public func pods(havingContainer name: String) throws(PodError) -> [PodState] {
        guard let journal else { return [] }
        let plans = try journaling("cannot list the plans") { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(PodKeys.plans), at: revision)).keyValues
        }
        let quoted = Array("\"\(name)\"".utf8)
        var found: [PodState] = []
        for entry in plans where Self.contains(entry.value, quoted) {
            let text = String(decoding: entry.key.bytes.dropFirst(PodKeys.plans.bytes.count), as: UTF8.self)
            guard let uid = PodUID(text), let pod = try state(of: uid) else { continue }
            if pod.orderedContainers.contains(where: { $0.name == name }) { found.append(pod) }
        }
        return found.sorted { $0.sandbox.createdAt < $1.sandbox.createdAt }
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard let first = part.first, bytes.count >= part.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            var place = 0
            let last = bytes.count - part.count
            while place <= last {
                if bytes[place] == first, bytes[place..<(place + part.count)].elementsEqual(part) { return true }
                place += 1
            }
            return false
        }
    }
}
