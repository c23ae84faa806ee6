internal import LinuxTypes

extension ContainerStatus.Termination {
    /// How it ended, in a few words.
    public var text: String {
        var text = [reason]
        if let signal { text.append("signal \(signal)") } else if let exitCode { text.append("code \(exitCode)") }
        if let fault { text.append(fault.rawValue) }
        if !message.isEmpty { text.append(message) }
        return text.joined(by: ", ")
    }

    /// Who or what ended it, as far as is known.
    public func causeText(asked request: PodRequest?) -> String {
        let asked = request.map { " for \($0.text)" } ?? ""
        switch cause {
        case .itself: return "its program ended by itself"
        case .stopSignal: return "its stop signal, sent by the keeper\(asked)"
        case .graceOver: return "KILL, sent by the keeper\(asked) when the time was over"
        case .outOfMemory: return "the kernel killed for want of memory"
        case .signal: return "a signal of somebody else: the kernel does not tell of whom"
        case .notStarted: return "its program could not be executed"
        case .unseen: return "nobody saw it end"
        case nil: return ""
        }
    }
}
