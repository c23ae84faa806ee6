public import ImageStore
import ImageTrust
public import JournalVerbs
import LinuxKernel
import LinuxTypes

extension Failure {
    /// An error of the store of images, with what was being done.
    public init(_ error: ImageError, _ act: String) {
        let message = act.isEmpty ? "\(error)" : "\(act): \(error)"
        switch error {
        case .notFound:
            self.init(
                "\(error)",
                hint: "'hull image load FILE' loads an archive or layout, 'hull image import' a root file system", exit: .notFound
            )
        case .journal(let cause): self.init(cause, act)
        case .badName: self.init(message, exit: .usage)
        case .ambiguous: self.init(message, hint: "more digits tell them apart; 'hull image ls --no-trunc' has all")
        case .noPlatform: self.init(message, hint: "--platform chooses another")
        case .incomplete:
            self.init(message, hint: "'hull image check --repair' mends layers; loading the image again brings back the rest")
        case .noSizeLimit:
            self.init(
                message,
                hint:
                    "the store's file system can be ext4 made with '-O quota,project' and mounted with 'prjquota', or XFS mounted with 'pquota'"
            )
        case .rootInUse: self.init(message, hint: "it ends first; then the same command again")
        case .key(_, let cause): self.init(message, hint: cause.hint)
        case .untrusted:
            self.init(message, hint: "'hull image verify NAME' tells who signed and what does not count", exit: .untrusted)
        case .inUse: self.init(message, hint: "what uses it goes first; 'hull image inspect' lists it")
        case .busy: self.init(message, hint: "wait for it, or end it")
        case .kernel(let cause) where cause.errno == .ENOSPC || cause.errno == .EDQUOT:
            self.init(message, hint: "what was loaded so far is removed; 'hull image prune --all' frees more")
        case .unknownSource: self.init(message, hint: "a root file system is imported: 'hull image import'")
        case .kernel, .refused, .document, .digestMismatch, .sizeMismatch, .missingBlob, .notAnImage, .limit, .layer, .archive,
            .user, .exists, .notMounted, .noOverlay, .notABundle:
            self.init(message)
        }
    }
}
