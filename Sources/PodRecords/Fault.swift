/// One stable word for why a container could not be started, or a sandbox not be made: for programs, beside the message for people. A word that a newer
/// version has recorded is none here.
public enum Fault: String, CaseIterable, Sendable {
    case missingProgram = "MissingProgram"
    case programIsDirectory = "ProgramIsDirectory"
    case programNotExecutable = "ProgramNotExecutable"
    /// The first line of a script names what is not there.
    case missingInterpreter = "MissingInterpreter"
    /// The dynamic loader that an ELF file names is not there.
    case missingLoader = "MissingLoader"
    case wrongArchitecture = "WrongArchitecture"
    case notAProgram = "NotAProgram"
    /// The program lies on a mount that lets nothing be executed.
    case noexecMount = "NoexecMount"
    case argumentsTooLong = "ArgumentsTooLong"
    case executionRefused = "ExecutionRefused"
    case noSuchUser = "NoSuchUser"
    /// `runAsNonRoot`, and it is root.
    case runsAsRoot = "RunsAsRoot"
    case badWorkingDirectory = "BadWorkingDirectory"
    case mountFailed = "MountFailed"
    case memoryTooSmall = "MemoryTooSmall"
    case missingImage = "MissingImage"
    case untrustedImage = "UntrustedImage"
    case missingConfig = "MissingConfig"
    case missingConfigKey = "MissingConfigKey"
    case badVolume = "BadVolume"
    /// A `subPath` that is not there, or leads out of its volume.
    case badSubPath = "BadSubPath"
    case hostPortTaken = "HostPortTaken"
    case networkFailed = "NetworkFailed"
    /// Refused by what this machine allows.
    case notAllowed = "NotAllowed"
    /// Another pod has the name.
    case nameTaken = "NameTaken"
}
