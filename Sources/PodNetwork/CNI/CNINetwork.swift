public import Journal
import LinuxKernel
public import LinuxTypes
import Netlink
public import PodRecords
import StrictTree

/// Networks of CNI: runs the plugins of a list for a pod, and knows from the journal alone what they must be told to take it all back.
///
/// Calls for one pod come one after the other, and none beside a GC: locks below the run root see to that.
public final class CNINetwork {
    let place: PluginPlace
    let journal: Journal
    let lockPath: HostPath
    /// Called before each run of a plugin and each record: tests end the process there.
    package var willTakeStep: (String) -> Void = { _ in }

    /// `runRoot` dies with the boot, is the same for all users of the journal and exists.
    public init(_ place: PluginPlace, journal: Journal, runRoot: HostPath) {
        self.place = place
        self.journal = journal
        lockPath = runRoot.appending("cni.lock")
    }

    /// ADD: puts a pod on a network. What an earlier attempt for the pod has left is deleted first. A plugin's error ends it: what was made is deleted by DEL, and
    /// where that fails too, both are said and the record stays for `delete`.
    public func add(
        _ attachment: CNIAttachment, to list: CNINetworkList, _ capabilities: CNICapabilities = CNICapabilities()
    ) throws(NetworkError) -> CNIResult {
        try locked(attachment.sandbox) { () throws(NetworkError) in
            if let left = try record(attachment.sandbox, list.name) { try delete(left) }
            var record = CNIRecord(
                state: .adding, attachment: attachment, list: list.bytes, capabilities: Self.encoded(capabilities))
            try write(record, list.name, alongside: [.put(Self.usedKey(list.name), value: [])])
            do throws(NetworkError) {
                let result = try add(record, list)
                record.result = result.bytes
                record.state = .added
                try write(record, list.name)
                return result
            } catch {
                var error = error
                do throws(NetworkError) { try delete(record) } catch let second { error.undoing = second.description }
                throw error
            }
        }
    }

    private func add(_ record: CNIRecord, _ list: CNINetworkList) throws(NetworkError) -> CNIResult {
        var previous: [UInt8] = []
        var result: CNIResult?
        for plugin in list.plugins {
            let output = try run(plugin, .add, record, list, previous: previous)
            do throws(TreeError) { result = try CNIResult(output, interface: record.attachment.interface) } catch {
                throw NetworkError(.failed, "the CNI plugin '\(plugin.type)' (ADD) gave no result: \(error)")
            }
            previous = output
        }
        guard let result else { throw NetworkError(.failed, "the network '\(list.name)' has no plugins") }
        return result
    }

    /// CHECK: whether the pod's network is as ADD left it. Throws what a plugin says is wrong.
    public func check(_ sandbox: PodUID, network: String) throws(NetworkError) {
        try locked(sandbox) { () throws(NetworkError) in
            guard let record = try record(sandbox, network), record.state == .added else {
                throw NetworkError(.refused, "pod '\(sandbox)' is not on the network '\(network)'")
            }
            let list = try CNINetworkList(record.list)
            guard list.version.hasCheck, !list.disablesCheck else { return }
            for plugin in list.plugins { _ = try run(plugin, .check, record, list, previous: record.result) }
        }
    }

    /// DEL: takes a pod off all networks of CNI that it is on. Works by what is recorded: neither the list's file nor the pod's namespace need be there. Does nothing for
    /// a pod that is on none, and may be called again until it succeeds. `isMeant` is asked when nobody else works for the pod: who takes it for gone may be late.
    public func delete(
        _ sandbox: PodUID, if isMeant: () throws(NetworkError) -> Bool = { true }
    ) throws(NetworkError) {
        try locked(sandbox) { () throws(NetworkError) in
            guard try isMeant() else { return }
            for record in try records(of: sandbox) { try delete(record) }
        }
    }

    private func delete(_ record: CNIRecord) throws(NetworkError) {
        let list = try CNINetworkList(record.list)
        var record = record
        if record.state != .deleting {
            record.state = .deleting
            try write(record, list.name)
        }
        for plugin in list.plugins.reversed() {
            _ = try run(plugin, .delete, record, list, previous: list.version.hasCheck ? record.result : [])
        }
        let key = Self.key(record.attachment.sandbox, list.name)
        try commit("forget the attachment", [.delete(.key(key))])
    }

    /// STATUS: whether the network can take pods. Throws what a plugin says; a list older than 1.1 has no answer, and can.
    public func status(_ list: CNINetworkList) throws(NetworkError) {
        guard list.version.hasStatus else { return }
        for plugin in list.plugins {
            _ = try program(plugin, .status, []).run(input(plugin, list, capabilities: nil, previous: []) { _ in })
        }
    }

    /// GC: deletes attachments to the network of pods that do not live, then tells the plugins who is left. All plugins are asked, whatever one says; what failed is
    /// thrown at the end. When nobody is left and all plugins know it, `networksOfPods` has the network no more.
    ///
    /// Order: who lives is asked under the lock. A pod that attached itself just before it is in the records by then, and would pass for a stray by an answer of earlier.
    public func collectGarbage(
        _ list: CNINetworkList, isLiving: (PodUID) throws(NetworkError) -> Bool
    ) throws(NetworkError) {
        try lockedAgainstAll { () throws(NetworkError) in
            var failures: [String] = []
            var left: [CNIRecord] = []
            for record in try records(in: list.name) {
                if try isLiving(record.attachment.sandbox) {
                    left.append(record)
                    continue
                }
                do throws(NetworkError) { try delete(record) } catch { failures.append(error.description) }
            }
            if list.version.hasStatus, !list.disablesGarbageCollection {
                for plugin in list.plugins {
                    let input = try input(plugin, list, capabilities: nil, previous: []) { json in
                        for key in ["cni.dev/valid-attachments", "cni.dev/attachments"] { Self.write(left, key, &json) }
                    }
                    do throws(NetworkError) { _ = try program(plugin, .collectGarbage, []).run(input) } catch {
                        failures.append(error.description)
                    }
                }
            }
            if !failures.isEmpty { throw NetworkError(.failed, failures.joined(by: "; ")) }
            if left.isEmpty { try commit("forget the network", [.delete(.key(Self.usedKey(list.name)))]) }
        }
    }

    private static func write(_ records: [CNIRecord], _ key: String, _ json: inout JSONWriter) {
        json.array(key) { json in
            for record in records {
                json.object { json in
                    json.member("containerID", record.attachment.sandbox.string)
                    json.member("ifname", record.attachment.interface.string)
                }
            }
        }
    }
}
