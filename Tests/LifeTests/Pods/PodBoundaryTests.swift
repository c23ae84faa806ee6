import Foundation
import Testing

/// Kills at each write to the journal that a verb makes: the next command mends what is left, and no container runs twice at once.
@Suite(
    "pods: killed at every record", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    .leakCheck)
struct PodBoundaryTests {
    private func spec(_ place: PodPlace) -> String {
        let ports = place.network == nil ? "" : ", ports: [{containerPort: 80, hostPort: 8080}]"
        let rest = "volumeMounts: [{name: s, mountPath: /s}, {name: probe, mountPath: /probe}]"
        let note = "grep -o 'messages/[^ ]*' /proc/self/mountinfo >> /s/runs"
        // Where it can, the pod has users of its own: more to make, and a range of ids to give back.
        let users = Machine.release >= (6, 15) ? "hostUsers: false" : ""
        return """
            terminationGracePeriodSeconds: 0
            \(users)
            volumes:
            - {name: s, hostPath: {path: \(place.shared)}}
            - {name: probe, hostPath: {path: \(Machine.probe)}}
            - {name: v, emptyDir: {}}
            initContainers:
            - {name: i, image: "busybox:1", command: [sh, -c, "\(note)"], \(rest)}
            containers:
            - {name: c, image: "busybox:1", command: [sh, -c, "\(note); exec /probe lock=/s/lock out=/s/seen sleep"], \(rest)\(ports)}
            """
    }

    @Test(
        "a verb that is killed", arguments: ["run", "stop", "restart", "rm"],
        Machine.isSlow ? [PodCrash.Victim.all] : PodCrash.Victim.allCases)
    func killed(verb: String, victim: PodCrash.Victim) throws {
        try walk(verb, victim, in: nil, pace: Machine.isSlow ? 6 : victim == .workers ? 2 : 1)
    }

    @Test(
        "a verb on a pod with the bridge network that is killed: nothing of the network is left", Requirement.network,
        arguments: ["run", "stop", "rm"], [PodCrash.Victim.all, .workers])
    func killedWithNetwork(verb: String, victim: PodCrash.Victim) throws {
        let network = try TestNetwork()
        try walk(verb, victim, in: network, pace: victim == .workers ? 2 : 1)
        #expect(try network.leftovers() == [])
    }

    /// Kills at every `pace`th write; 1 is every.
    private func walk(_ verb: String, _ victim: PodCrash.Victim, in network: TestNetwork?, pace: Int) throws {
        let kind = network == nil ? "" : "-network"
        try withPods("boundary\(kind)-\(verb)-\(victim)", in: network) { place in
            let run = ["run", "-q"] + (network == nil ? [] : ["--network", "bridge"]) + [place.work + "/p.yaml"]
            let words = verb == "rm" ? ["rm", "-f", "p"] : verb == "run" ? run : [verb, "p"]
            let total = try prepare(verb, place).writes(words)
            try place.call("rm", "-f", "p").check("rm")
            #expect(total > 1, "\(total)")
            // One more: what comes after the last. Where that would take too long, only some.
            for number in stride(from: 0, through: total + 1, by: pace) {
                let crash = try prepare(verb, place)
                let (outcome, wasKilled) = try crash.run(words, killing: victim, at: number)
                let moment = "\(verb), \(victim) killed at write \(number) of \(total)"
                #expect(!outcome.timedOut, "\(moment)")
                // Who waits does not notice that the keeper is another.
                if victim != .all { #expect(outcome.succeeded, "\(moment), \(wasKilled): \(outcome.errors)") }
                let list = try place.call("ps", "-a", "-o", "json")
                #expect(list.succeeded && list.errors == "", "\(moment): \(list.errors)")
                if victim != .all { expectResult(of: verb, place, moment) }
                let isGone = try place.expectGone("p", moment)
                place.expectRunsOnce(moment)
                if network != nil { expectNetwork(place, moment) }
                if !isGone { break }
            }
        }
    }

    private func prepare(_ verb: String, _ place: PodPlace) throws -> PodCrash {
        place.forgetRuns()
        let path = try place.write("p", spec(place))
        let network = place.network == nil ? "none" : "bridge"
        if verb != "run" { try place.call("run", "-q", "--network", network, path).check("run") }
        return PodCrash(place: place, uid: place.uid(inFile: path))
    }

    /// Journal and kernel agree, and nothing of the pod's network is in either.
    private func expectNetwork(_ place: PodPlace, _ moment: String) {
        let check = try? place.call("network", "check")
        #expect(check?.code == 0 && check?.output == "", "\(moment): \(check?.output ?? "")\(check?.errors ?? "")")
        let keys = ["/network/pods/", "/network/host", "/addresses/", "/hostports/", "/hostport-holders/"].flatMap { prefix in
            (try? place.call("journal", "range", "--keys-only", prefix).lines) ?? ["no journal"]
        }
        #expect(keys == [], "\(moment)")
    }

    private func expectResult(of verb: String, _ place: PodPlace, _ moment: String) {
        var line = (try? place.line("p")) ?? []
        switch verb {
        case "run", "restart":
            // An init that lost its worker before it had executed the program may be taken for a container that runs, until it ends.
            _ = eventually {
                line = (try? place.line("p")) ?? []
                return line.prefix(3) == ["p", "1/1", "Running"]
            }
            let status = (try? place.container(of: "p").text) ?? ""
            #expect(line.prefix(3) == ["p", "1/1", "Running"], "\(moment): \(status)")
        case "stop": #expect(line.prefix(2) == ["p", "0/1"], "\(moment)")
        default: #expect(line == [], "\(moment)")
        }
    }
}
