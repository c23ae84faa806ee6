import Foundation
import Testing

/// A load that is killed, that finds no space, or that others do at the same time.
@Suite("images: crashes", Requirement.root, Requirement.shell, Requirement.rootfs)
struct ImageCrashTests {
    /// An archive of an image with two layers of some megabytes, one of them compressed.
    private func archive(_ place: ImagePlace) throws -> String {
        let maker = try ImagePlace("maker-" + String(place.work.split(separator: "/").last ?? ""))
        let made = try maker.script(
            """
            mkdir $W/tree && cp -a $R/. $W/tree/ && for n in $(seq 1 400); do head -c 20000 /dev/urandom > $W/tree/file$n; done
            $I import -q $W/tree app:1 >/dev/null && $I save -q -o \(place.work)/app.tar app:1
            """)
        #expect(made.succeeded, "\(made.errors)")
        return place.work + "/app.tar"
    }

    @Test("killed at any moment: nothing half-named, and the same command again succeeds")
    func kill() throws {
        let place = try ImagePlace("kill")
        let archive = try archive(place)
        let start = Date()
        #expect(try place("load", "-q", archive).succeeded)
        // The span within which a load is killed. It halves with each load that was over first, for the load that was
        // timed may have waited for a disk that no other waits for.
        var span = Date().timeIntervalSince(start)
        let full = Set(try place.contents())
        var interrupted = 0
        for round in 0..<(Machine.isSlow ? 4 : 12) {
            #expect(try place("rm", "app:1").succeeded)
            let loader = try LifeTests.start(place.words + ["load", "-q", archive])
            usleep(UInt32(Double.random(in: 0..<span) * 1_000_000))
            loader.kill()
            if loader.wait().code == 137 { interrupted += 1 } else { span /= 2 }
            let check = try place("check", "-q")
            #expect(check.code == 0, "round \(round): \(check.output)\(check.errors)")
            let listed = try place("ls", "-q")
            #expect(listed.succeeded)
            // What is listed can be used.
            if !listed.output.isEmpty { #expect(try place("save", "-q", "-o", place.work + "/saved.tar", "app:1").succeeded) }
            let again = try place("load", "-q", archive)
            #expect(again.succeeded, "round \(round): \(again.errors)")
            #expect(Set(try place.contents()) == full, "round \(round)")
            #expect(try place("check", "-q").output == "nothing is wrong\n")
        }
        #expect(interrupted > 0, "no load was ever interrupted")
    }

    @Test("killed, and then something else is asked for: the space comes back")
    func space() throws {
        let place = try ImagePlace("space")
        let archive = try archive(place)
        for _ in 0..<(Machine.isSlow ? 3 : 8) {
            let loader = try LifeTests.start(place.words + ["load", "-q", archive])
            usleep(UInt32.random(in: 20_000..<150_000))
            loader.kill()
            _ = loader.wait()
            #expect(try place("prune", "-a").succeeded)
            #expect(try place.contents() == [])
        }
    }

    @Test("a full disk: said, cleaned up, and with more space the same command succeeds")
    func fullDisk() throws {
        let place = try ImagePlace("full")
        let archive = try archive(place)
        // The journal's reserve and the image need some 40 MB; the archive has 10.
        let outcome = try place.script(
            """
            mkdir -p $W/root && mount -t tmpfs -o mode=700,size=90m none $W/root
            $I import -q $R base:1 >/dev/null
            fill=$(( $(df --output=avail -k $W/root | tail -1) - 6000 ))
            head -c ${fill}k /dev/zero > $W/root/ballast
            if $I load -q \(archive) 2>$W/said; then echo "it had space"; fi
            grep -o 'no space left on device' $W/said | head -1
            ls $W/root/images/incoming; $I ls -q | wc -l; $I check -q
            rm $W/root/ballast && $I load -q \(archive) && $I check -q
            """, in: ["unshare", "-m", "--propagation", "private"])
        #expect(outcome.succeeded, "\(outcome.output) \(outcome.errors)")
        #expect(
            outcome.output
                == "no space left on device\n1\nnothing is wrong\nloaded image: docker.io/library/app:1\nnothing is wrong\n",
            "\(outcome.errors)")
    }

    @Test("eight loads of one image at once do the work once, and all succeed")
    func crowd() throws {
        let place = try ImagePlace("crowd")
        let archive = try archive(place)
        var loaders: [RunningProgram] = []
        for _ in 0..<8 { loaders.append(try LifeTests.start(place.words + ["load", archive])) }
        let outcomes = loaders.map { $0.wait() }
        #expect(outcomes.map(\.code) == Array(repeating: 0, count: 8), "\(outcomes.map(\.errors))")
        let unpacked = outcomes.flatMap { $0.errors.split(separator: "\n") }.filter { $0.hasPrefix("layer ") }
        #expect(unpacked.count == 1, "\(unpacked)")
        #expect(try place("check", "-q").output == "nothing is wrong\n")
    }

    @Test("loads, removals and pruning at once never lose what is named")
    func fight() throws {
        let place = try ImagePlace("fight")
        let archive = try archive(place)
        let outcome = try place.script(
            """
            for n in 1 2 3; do (for k in 1 2 3 4 5; do $I load -q -n app:$n \(archive) || echo "load failed"; done) & done
            (for k in 1 2 3 4 5 6; do $I prune -a || echo "prune failed"; $I rm -f app:1 app:2 || true; done) &
            wait; $I load -q -n app:9 \(archive); $I check -q; $I bundle app:9 $W/bundle && test -x $W/bundle/rootfs/bin/busybox
            """)
        #expect(outcome.succeeded, "\(outcome.output) \(outcome.errors)")
        #expect(!outcome.output.contains("failed"), "\(outcome.output) \(outcome.errors)")
        #expect(outcome.output.hasSuffix("nothing is wrong\n"))
    }
}
