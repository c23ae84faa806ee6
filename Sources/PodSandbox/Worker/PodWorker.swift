internal import ContainerRuntime
internal import ImageStore
internal import InitProtocol
internal import Journal
internal import KeeperProtocol
public import LinuxKernel
internal import LinuxTypes
public import PodRecords
internal import PodSpec
internal import StrictTree

/// Does the jobs of a pod's keeper, one after the other, and reports on each. It is single-threaded, and the keeper's child: what it clones for the pod is the
/// keeper's, too.
public final class PodWorker {
    let places: PodPlaces
    let uid: PodUID
    private let socket: OwnedDescriptor
    /// The host's mount namespace, in which the worker was born.
    let hostMounts: OwnedDescriptor
    /// The host's network namespace.
    let hostNetwork: OwnedDescriptor
    /// The machine's name, in whose UTS namespace it was born.
    let machineName: String
    /// Whether it is in the pod's mount namespace now.
    var isInside = false
    private var readPod: Pod?
    private var readPlan: PodPlan?
    private var openJournal: Journal?
    private var openStore: ImageStore?
    /// Whether it only tells what it would do: then it changes nothing.
    private(set) var onlyPlans = false

    /// A worker that takes jobs from a socket.
    public init(_ places: PodPlaces, _ uid: PodUID, socket: consuming OwnedDescriptor) throws(PodError) {
        self.places = places
        self.uid = uid
        self.socket = socket
        hostMounts = try during("cannot open the own mount namespace") { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open("/proc/self/ns/mnt", .readOnly)
        }
        machineName = try Self.textIfPresent("/proc/sys/kernel/hostname").split(separator: "\n").first.map(String.init) ?? ""
        hostNetwork = try during("cannot open the own network namespace") { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open("/proc/self/ns/net", .readOnly)
        }
    }

    /// One that gets no jobs and changes nothing, for who wants to know what it would do for a pod that is not recorded.
    convenience init(planning pod: Pod, _ plan: PodPlan, _ places: PodPlaces) throws(PodError) {
        let nobody = try during("cannot begin to plan") { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open("/dev/null", .readOnly)
        }
        try self.init(places, plan.uid, socket: nobody)
        readPod = pod
        readPlan = plan
        onlyPlans = true
    }

    /// Works until nobody has jobs any more.
    public func run() throws(PodError) {
        while true {
            let message = try during("cannot take a job") { () throws(KernelError) in
                try socket.descriptor.receive(capacity: 64 << 10, subject: "the keeper")
            }
            guard !message.bytes.isEmpty else { return try finish() }
            let job: Job?
            do throws(WireError) { job = try Job.read(message.bytes) } catch {
                throw PodError(.failed, "the keeper asks for something unknown")
            }
            if let job { try report(on: job, message.takeDescriptors()) } else { try report(.failed(WorkerMessage.mismatch), []) }
        }
    }

    /// Nobody waits for it any more.
    private func finish() throws(PodError) {
        try leave()
        try settleNetwork()
        guard let openJournal else { return }
        try journaling("cannot give up old history") { () throws(JournalError) in try KeptHistory.trim(openJournal) }
    }

    private func report(on job: Job, _ descriptors: consuming DescriptorList) throws(PodError) {
        var handles = DescriptorList()
        var report: JobReport
        do throws(PodError) { report = try perform(job, descriptors, &handles) } catch {
            report = .failed("\(error)", fault: error.fault?.rawValue ?? "")
        }
        // Order: the report tells of what happened, whatever becomes of who reads it.
        try self.report(report, handles.descriptors)
    }

    private func report(_ report: JobReport, _ handles: [FileDescriptor]) throws(PodError) {
        try during("cannot report") { () throws(KernelError) in
            try socket.descriptor.send(report.message, descriptors: handles, subject: "the keeper")
        }
    }

    /// Does one job. `handles` go with the report.
    private func perform(
        _ job: Job, _ descriptors: consuming DescriptorList, _ handles: inout DescriptorList
    ) throws(PodError) -> JobReport {
        switch job {
        case .makeSandbox:
            var watch = Stopwatch()
            let addresses = try makeSandbox(&watch)
            return .sandboxMade(addresses: addresses, ledger: watch.ledger.text)
        case .create(let container, let attempt): try create(container, attempt)
        case .start(let container, let attempt): return try start(container, attempt, descriptors, &handles)
        case .find(let container, let attempt): return try find(container, attempt, &handles)
        case .collect(let container, let attempt): return .collected(message: try collect(container, attempt))
        case .dismantle: try dismantle()
        case .sync: try sync()
        case .remove: try remove()
        }
        return .done
    }

    // MARK: What it works with

    /// The pod's manifest, read once.
    func pod() throws(PodError) -> Pod {
        if let readPod { return readPod }
        let bytes = try journaling("cannot read the manifest") { () throws(JournalError) in
            try journal().value(of: PodKeys.manifest(uid))?.value
        }
        guard let bytes else { throw PodError(.missing, "the journal has no manifest of pod \(uid)") }
        let isInHostNetwork = try networkMode() == .host
        do throws(ManifestError) {
            var pod = try Pod(json: bytes)
            if isInHostNetwork { pod.useHostNetwork() }
            readPod = pod
            return pod
        } catch { throw PodError(.failed, "the manifest of pod \(uid) cannot be read: \(error)") }
    }

    /// The pod with the resources that it is to have now, `hull resize`.
    func resizedPod() throws(PodError) -> Pod {
        var pod = try pod()
        let changes = try journaling("cannot read the pod's resources") { () throws(JournalError) in
            try journal().value(of: PodKeys.resourceChanges(uid))?.value
        }
        pod.change(try ResourceChanges(changes, uid))
        return pod
    }

    /// Which network the pod gets.
    func networkMode() throws(PodError) -> NetworkMode {
        guard let plan = try planIfPresent() else { throw PodError(.missing, "the journal has no plan of pod \(uid)") }
        guard let mode = NetworkMode(plan.network) else {
            throw PodError(.invalid, "there is no network '\(plan.network)'", hint: "'hull network ls' lists all")
        }
        return mode
    }

    /// The pod's plan, read once; nil where it was removed already.
    func planIfPresent() throws(PodError) -> PodPlan? {
        if let readPlan { return readPlan }
        let bytes = try journaling("cannot read the plan") { () throws(JournalError) in
            try journal().value(of: PodKeys.plan(uid))?.value
        }
        guard let bytes else { return nil }
        do throws(TreeError) { readPlan = try PodPlan(json: bytes) } catch { throw PodError(error, "the plan of pod \(uid)") }
        return readPlan
    }

    func journal() throws(JournalError) -> Journal {
        if let openJournal { return openJournal }
        let journal = try places.journal.open(isWritable: !onlyPlans)
        openJournal = journal
        return journal
    }

    /// Opened in the mount namespace where its layers are going to be mounted: overlayfs takes no others.
    func images() throws(PodError) -> ImageStore {
        if let openStore { return openStore }
        let store = try imaging("cannot open the images") { () throws(ImageError) in
            try ImageStore.open(root: places.root, runRoot: places.namedRunRoot)
        }
        openStore = store
        return store
    }

    /// For who goes to another mount namespace.
    func closeStore() { openStore = nil }

    var runtime: Runtime { places.runtime }

    // MARK: Where it is

    /// Enters the pod's mount namespace by its pin. false where the pod has none.
    func enter() throws(PodError) -> Bool {
        if isInside { return true }
        do throws(KernelError) {
            let pin = try NamespaceHandle(path: places.mountNamespace(uid).string, kind: .mount)
            try pin.descriptor.enterNamespace(.mount, subject: "the pod's")
        } catch {
            // ENOTTY: the place of the pin, without it.
            if error.errno == .ENOENT || error.errno == .ENOTTY { return false }
            throw PodError(error, "cannot enter the pod's mount namespace")
        }
        isInside = true
        openStore = nil
        return true
    }

    /// Goes back to the host's: nothing of ours keeps the pod's alive.
    func leave() throws(PodError) {
        openStore = nil
        guard isInside else { return }
        try during("cannot leave the pod's mount namespace") { () throws(KernelError) in
            try hostMounts.descriptor.enterNamespace(.mount, subject: "the host's")
        }
        isInside = false
    }
}
