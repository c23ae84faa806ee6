extension NetlinkSocket {
    /// Sends messages as one nf_tables transaction: all or none. The kernel reports every message that it refuses; the first is thrown.
    public mutating func transact(_ messages: [NetlinkMessage]) throws(NetlinkError) {
        guard let last = messages.last else { return }
        let begin = sequence &+ 1
        var bytes = try Batch.begin.encoded(sequence: begin)
        for message in messages.dropLast() {
            sequence &+= 1
            bytes += try message.encoded(sequence: sequence &+ 1)
        }
        sequence &+= 2
        let final = sequence
        // The last one's acknowledgment comes after the commit, with all errors before it.
        bytes += try last.encoded(sequence: final, adding: NLM.ACK)
        sequence &+= 1
        bytes += try Batch.end.encoded(sequence: sequence)
        try send(bytes, last.purpose)
        var failure: NetlinkError?
        while true {
            for reply in try receive(last.purpose) where reply.type == NLMSG.ERROR {
                let index = Int(reply.sequence &- begin) - 1
                // The transaction itself: its begin stands for it.
                let purpose = messages.indices.contains(index) ? messages[index].purpose : "change nf_tables"
                guard index >= -1, index <= messages.count else { continue }
                guard let acknowledgment = Acknowledgment(reply) else {
                    throw .malformed(request: purpose, what: "an acknowledgment without a result")
                }
                if failure == nil { failure = Self.refusal(acknowledgment, purpose) }
                guard reply.sequence == final || index == -1 else { continue }
                if let failure { throw failure }
                return
            }
        }
    }
}
