import Foundation
import Glibc
import Testing

/// The keeper's socket, byte by byte: each verb is idempotent, so that who does not know whether he was heard asks again.
@Suite(
    "pods: the keeper's protocol", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    .leakCheck)
struct PodProtocolTests {
    private static let spec =
        "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"

    // Each begins with the version, 1.
    private static let run: [UInt8] = [1, 0, 1]
    private static let stop: [UInt8] = [1, 0, 2, 0]
    private static let remove: [UInt8] = [1, 0, 4, 0]
    private static let reopenLog: [UInt8] = [1, 0, 10, 1, 0, 0, 0, 99]
    private static let recover: [UInt8] = [1, 0, 12]
    /// `a=b`.
    private static let label: [UInt8] = [1, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 97, 1, 1, 0, 0, 0, 98]
    private static let done: [UInt8] = [1]

    @Test("what leaves a pod running, asked for twice by one client")
    func running() throws {
        try withPods("protocol") { place in
            try place.runPod("p", Self.spec)
            let (uid, pid) = (try place.uid("p"), try place.pid(of: "p"))
            let client = try KeeperClient(place, uid)
            for request in [Self.run, Self.reopenLog, Self.recover, Self.label] {
                for _ in 0..<2 {
                    client.send(request)
                    #expect(client.answer() == Self.done, "\(request)")
                }
            }
            #expect(try place.pid(of: "p") == pid)
            #expect(try place.document("p")["metadata", "labels", "a"]?.string == "b")
        }
    }

    /// `c`, as each of the verbs on containers begins after its kind. They are of version 2.
    private static func container(_ kind: UInt8, _ rest: UInt8...) -> [UInt8] { [2, 0, kind, 1, 0, 0, 0, 99] + rest }

    @Test("CRI's verbs on a sandbox and a container, each asked for twice by one client")
    func containers() throws {
        try withPods("protocol-containers") { place in
            try place.call("run", "-q", "--sandbox", try place.write("p", Self.spec)).check("run --sandbox")
            let client = try KeeperClient(place, try place.uid("p"))
            func ask(_ request: [UInt8]) -> (code: UInt8?, text: String) {
                client.send(request)
                let answer = client.answer()
                return (answer.first, String(decoding: answer.dropFirst(5), as: UTF8.self))
            }
            // As attempt 3; then, of what is created, of a start a second time by the same client.
            let (sandbox, create) = ([2, 0, 14] as [UInt8], Self.container(15, 1, 3, 0, 0, 0))
            let (start, repeated) = (Self.container(16, 0), Self.container(16, 1))
            let (stop, remove) = (Self.container(17, 0), Self.container(18))
            for request in [sandbox, stop, remove, create] {
                for _ in 0..<2 { #expect(ask(request).code == 1, "\(request)") }
            }
            #expect(ask(start).code == 1)
            let pid = try place.pid(of: "p")
            #expect(ask(start) == (2, "container 'c' runs already"))
            #expect(ask(repeated).code == 1)
            #expect(ask(create) == (2, "container 'c' runs, as attempt 3: stop it first"))
            #expect(try place.pid(of: "p") == pid && pid > 0)
            for request in [sandbox, stop, stop, remove, remove] { #expect(ask(request).code == 1, "\(request)") }
            #expect(ask(create) == (2, "attempt 3 of container 'c' was made before: the next is 4"))
            #expect(ask(start) == (2, "container 'c' is not created"))
            // A container that the pod does not have is one that is gone.
            #expect(ask([2, 0, 18, 1, 0, 0, 0, 120]).code == 1)
            #expect(ask([2, 0, 15, 1, 0, 0, 0, 120, 0]) == (2, "the pod has no container 'x'"))
            #expect(try place.line("p").prefix(3) == ["p", "0/1", "Ready"])
        }
    }

    @Test("what ends a pod, asked for by two clients at once", arguments: [stop, remove])
    func ending(request: [UInt8]) throws {
        try withPods("protocol-end-\(request[2])") { place in
            try place.runPod("p", Self.spec)
            let uid = try place.uid("p")
            let clients = [try KeeperClient(place, uid), try KeeperClient(place, uid)]
            for client in clients { client.send(request) }
            for client in clients { #expect(client.answer() == Self.done) }
            let line = try place.line("p")
            #expect(request == Self.remove ? line == [] : line.prefix(2) == ["p", "0/1"], "\(line)")
        }
    }

    @Test("a client of another version, and one that talks nonsense, are told or let go, and nothing happens")
    func otherVersion() throws {
        try withPods("protocol-other") { place in
            try place.runPod("p", Self.spec)
            let uid = try place.uid("p")
            for request: [UInt8] in [[3, 0, 2, 0], [0, 0, 2, 0], [1, 0, 200], [1, 0, 14], [1]] {
                let client = try KeeperClient(place, uid)
                client.send(request)
                let answer = client.answer()
                #expect(answer.isEmpty || answer[0] == 2, "\(request): \(answer)")
            }
            #expect(try place.line("p").prefix(3) == ["p", "1/1", "Running"])
        }
    }
}

/// A client's end of a keeper's socket.
private final class KeeperClient {
    private let socket: Int32

    init(_ place: PodPlace, _ uid: String) throws {
        let directory = open("\(place.runRoot)/pods/\(uid)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(directory) }
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "/proc/self/fd/\(directory)/keeper.sock".utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw LifeError("cannot connect to the keeper: \(errno)") }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(socket) }

    func send(_ request: [UInt8]) { _ = write(socket, request, request.count) }

    /// The first that is no note; empty where the keeper has gone.
    func answer() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(socket, &bytes, bytes.count)
            guard count > 0 else { return [] }
            if bytes[0] != 3 { return Array(bytes[..<count]) }
        }
    }
}
