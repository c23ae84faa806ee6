import Foundation
import ImageSpec
import OCISpec
import StrictTree
import Testing

@testable import ImageTrust

/// Bytes that were right once: whatever stands there, it is read or refused, and never believed for what it was.
@Suite struct MutationTests {
    /// One of some thousand wrong versions: bytes changed, cut out, doubled, cut off.
    private func mutant(_ bytes: [UInt8], _ generator: inout SystemRandomNumberGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            guard !bytes.isEmpty else { break }
            let at = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.remove(at: at)
            case 3: bytes.insert(contentsOf: bytes[at..<min(at + 8, bytes.count)], at: at)
            default: bytes.removeSubrange(at...)
            }
        }
        return bytes
    }

    private func pem(_ bytes: [UInt8], _ label: String) -> [UInt8] {
        Array("-----BEGIN \(label)-----\n\(Data(bytes).base64EncodedString())\n-----END \(label)-----\n".utf8)
    }

    @Test(arguments: Fixtures.all) func keys(_ name: String) throws {
        var generator = SystemRandomNumberGenerator()
        let key = try Fixtures.publicKey(name)
        let secret = try PEM(Fixtures.bytes(name + ".key")).bytes
        for _ in 0..<2000 {
            let info = mutant(key.info, &generator)
            do throws(KeyError) {
                #expect(try PublicKey(pem: pem(info, "PUBLIC KEY")).info == info)
            } catch { #expect(error.description != "") }
            do throws(KeyError) {
                _ = try PrivateKey(pem: pem(mutant(secret, &generator), "PRIVATE KEY"))
            } catch { #expect(error.description != "") }
        }
    }

    @Test(arguments: Fixtures.all) func signatures(_ name: String) throws {
        var generator = SystemRandomNumberGenerator()
        let key = try Fixtures.publicKey(name)
        let payload = try Fixtures.payload
        let signature = try Fixtures.bytes("payload.\(name).sig")
        for _ in 0..<1000 {
            let other = mutant(signature, &generator)
            #expect(try other == signature || !key.verifies(other, of: payload), "\(other)")
        }
    }

    @Test func documents() throws {
        var generator = SystemRandomNumberGenerator()
        let payload = try Fixtures.payload
        let policy = Array(
            #"{"default":"reject","rules":[{"images":"a.example/*","signedBy":{"keys":["p256-a.pub","ed25519.pub"],"atLeast":2}}]}"#
                .utf8)
        let keys = ["p256-a.pub": try Fixtures.bytes("p256-a.pub"), "ed25519.pub": try Fixtures.bytes("ed25519.pub")]
        for _ in 0..<5000 {
            do throws(TreeError) {
                // What is read says the same when it is written.
                let read = try SignaturePayload(json: mutant(payload, &generator))
                #expect(try SignaturePayload(json: read.json) == read)
            } catch { #expect(error.message != "") }
            do throws(TreeError) {
                let read = try TrustPolicy(json: mutant(policy, &generator), source: "x") { name throws(KeyFileError) in
                    guard let bytes = keys[name] else { throw KeyFileError("none") }
                    return bytes
                }
                // A slip may make other rules, but none that asks for less without saying so.
                for case .signedBy(let required) in read.rules.map(\.requirement) {
                    #expect((1...required.keys.count).contains(required.atLeast))
                }
            } catch { #expect(error.message != "") }
        }
    }
}
