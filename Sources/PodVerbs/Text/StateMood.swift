import CommandSupport

/// What the words for states are for the eye.
enum StateMood {
    /// nil where the word is no state of a pod or container; what has no mood of its own, as the reasons of failures, is bad.
    static func of(_ word: String) -> TextStyle.Mood? {
        switch word {
        case "Running", "running", "Ready", "Started", "Active": .good
        case "Completed", "Succeeded", "Stopped", "Removed", "Explained", "Recorded", "KeeperTook", "Addressed", "Ended",
            "terminated", "NotCreated":
            .faint
        case "Pending", "ContainerCreating", "PodInitializing", "Making", "Creating", "Starting", "Waiting", "waiting",
            "WaitsForInit", "Stopping", "Terminating", "Frozen", "Suspended", "RunWanted", "RestartWanted", "StopWanted",
            "RemovalWanted", "LogRecovered", "Kept", "Changed", "NeverStarted", "Unknown", "Created", "created", "creating":
            .busy
        case _ where word.hasPrefix("Init:"): word.hasSuffix("Error") || word.hasSuffix("BackOff") ? .bad : .busy
        case "", "-": nil
        default: .bad
        }
    }
}
