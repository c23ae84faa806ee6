import Digests
import Foundation
import Testing

@testable import ImageTrust

@Suite struct KeyTests {
    @Test(arguments: Fixtures.all) func readsBothHalves(_ name: String) throws {
        let key = try Fixtures.publicKey(name)
        #expect(try Fixtures.privateKey(name).publicKey == key)
        #expect(key.algorithm == (name == "ed25519" ? .ed25519 : .ecdsaP256))
        #expect(try PEM(Fixtures.bytes(name + ".pub")).bytes == key.info)
    }

    /// `openssl pkey -pubin -in p256-a.pub -outform DER | sha256sum`
    @Test func fingerprintIsOfTheWholeInfo() throws {
        #expect(
            try "\(Fixtures.publicKey("p256-a"))"
                == "ECDSA P-256 key sha256:a9d84df6e65b6358592b568e7170f8867733efcaada8c19295b25dc9b04b9741")
    }

    @Test func whiteSpaceAndOtherLineEndsAreNothing() throws {
        let text = String(decoding: try Fixtures.bytes("p256-a.pub"), as: UTF8.self)
        let other = "\n \n" + text.replacingOccurrences(of: "\n", with: "  \r\n") + "\n"
        #expect(try PublicKey(pem: Array(other.utf8)) == Fixtures.publicKey("p256-a"))
    }

    private func complaint(_ pem: [UInt8], isPublic: Bool = true) -> String {
        do throws(KeyError) {
            if isPublic { _ = try PublicKey(pem: pem) } else { _ = try PrivateKey(pem: pem) }
            return "(none)"
        } catch { return "\(error)" }
    }

    @Test(arguments: [
        ("P-384.pub", "the elliptic curve P-384 is not supported: expected ECDSA P-256 or Ed25519"),
        ("secp256k1.pub", "the elliptic curve secp256k1 is not supported: expected ECDSA P-256 or Ed25519"),
        ("rsa.pub", "RSA is not supported: expected ECDSA P-256 or Ed25519"),
        ("x25519.pub", "X25519 is not supported: expected ECDSA P-256 or Ed25519"),
        ("compressed.pub", "a public key whose point is compressed is not supported: expected ECDSA P-256 or Ed25519"),
        ("explicit.pub", "an elliptic curve that has no name is not supported: expected ECDSA P-256 or Ed25519"),
        ("p256-a.key", "found a private key, expected a public key"),
        ("payload.json", "there is no PEM block that begins with '-----BEGIN'"),
    ])
    func otherPublicKeysAreRefused(_ file: String, _ message: String) throws {
        #expect(try complaint(Fixtures.bytes(file)) == message)
    }

    @Test(arguments: [
        ("secp256k1.key", "the elliptic curve secp256k1 is not supported: expected ECDSA P-256 or Ed25519"),
        ("sec1.key", "'EC PRIVATE KEY' is not supported: expected ECDSA P-256 or Ed25519"),
        ("encrypted.key", "the private key is encrypted ('ENCRYPTED PRIVATE KEY'), and such keys are not read"),
        ("sec1-encrypted.key", "the private key is encrypted ('EC PRIVATE KEY'), and such keys are not read"),
        ("p256-a.pub", "found a public key, expected a private key"),
    ])
    func otherPrivateKeysAreRefused(_ file: String, _ message: String) throws {
        #expect(try complaint(Fixtures.bytes(file), isPublic: false) == message)
    }

    @Test func ofCosignsKeyItIsSaidHowToGetAPlainOne() throws {
        let pem = "-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\neyJrZGYiOnt9fQ==\n-----END ENCRYPTED COSIGN PRIVATE KEY-----\n"
        do throws(KeyError) {
            _ = try PrivateKey(pem: Array(pem.utf8))
            Issue.record("it was read")
        } catch {
            #expect(error == .encrypted("ENCRYPTED COSIGN PRIVATE KEY"))
            #expect(error.hint?.contains("cosign import-key-pair") == true)
        }
    }

    @Test(arguments: [
        ("-----BEGIN PUBLIC KEY-----", "the PEM block 'PUBLIC KEY' has no end"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PRIVATE KEY-----", "the PEM block 'PUBLIC KEY' has no end"),
        ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "the PEM block 'PUBLIC KEY' is no base64"),
        ("-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----", "the PEM block 'PUBLIC KEY' is no base64"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\nx", "there is more behind the PEM block 'PUBLIC KEY'"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "the public key is no DER"),
        ("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----", "the public key is not as RFC 5280 has it"),
        ("x\n-----BEGIN PUBLIC KEY-----", "there is no PEM block that begins with '-----BEGIN'"),
        ("-----BEGIN \u{1b}[2J-----", "there is no PEM block that begins with '-----BEGIN'"),
        ("", "there is no PEM block that begins with '-----BEGIN'"),
    ])
    func brokenPEMIsRefused(_ text: String, _ message: String) { #expect(complaint(Array(text.utf8)) == message) }

    /// Every bit of a key's encoding means something: with one flipped it is another key or none.
    @Test(arguments: Fixtures.all) func aFlippedBitIsAnotherKeyOrNone(_ name: String) throws {
        let key = try Fixtures.publicKey(name)
        for index in key.info.indices {
            var info = key.info
            info[index] ^= 1
            let pem = "-----BEGIN PUBLIC KEY-----\n\(Data(info).base64EncodedString())\n-----END PUBLIC KEY-----"
            do throws(KeyError) {
                let other = try PublicKey(pem: Array(pem.utf8))
                #expect(other != key)
                // On the curve by chance it cannot be; any 32 bytes are Ed25519's.
                #expect(name == "ed25519", "byte \(index)")
            } catch { continue }
        }
    }

    /// X9.62 has a third way to write a point, which says twice what y is; libcrypto reads it. A key that can be written in two ways could count as two.
    @Test func aPointIsWrittenInOneWay() throws {
        let key = try Fixtures.publicKey("p256-a")
        var info = key.info
        info[info.count - 65] = 6 + (key.bytes[64] & 1)
        let pem = "-----BEGIN PUBLIC KEY-----\n\(Data(info).base64EncodedString())\n-----END PUBLIC KEY-----"
        #expect(complaint(Array(pem.utf8)) == "the public key is no point of the curve")
    }

    @Test("halves of two pairs are refused, and numbers that are no key of the curve") func wrongPairs() throws {
        let pem = try PEM(Fixtures.bytes("p256-a.key")).bytes
        func complaint(_ bytes: [UInt8]) -> String {
            self.complaint(
                Array("-----BEGIN PRIVATE KEY-----\n\(Data(bytes).base64EncodedString())\n-----END PRIVATE KEY-----".utf8),
                isPublic: false)
        }
        var other = pem
        other.replaceSubrange((pem.count - 64)..., with: try PEM(Fixtures.bytes("p256-b.key")).bytes.suffix(64))
        #expect(complaint(other) == "the private key's public half is another one's")
        let start = try #require(pem.indices.first { pem[$0...].starts(with: [0x04, 0x20]) }) + 2
        for scalar in [UInt8(0), 0xff] {
            var bytes = pem
            bytes.replaceSubrange(start..<(start + 32), with: Array(repeating: scalar, count: 32))
            #expect(complaint(bytes) == "the private key is out of the curve's range")
        }
        #expect(complaint(pem + [0]) == "the private key is no DER")
    }

    @Test func aPrivateKeyIsNeverPrinted() throws {
        let key = try Fixtures.privateKey("p256-a")
        var text = "\(key) \(String(reflecting: key))"
        dump(key, to: &text)
        #expect(text.contains("private half of ECDSA P-256 key sha256:a9d84df6"))
        #expect(!text.contains("secret"))
    }
}

@Suite struct SignatureTests {
    @Test(arguments: Fixtures.all) func opensslsSignaturesAreSignatures(_ name: String) throws {
        let signature = try Fixtures.bytes("payload.\(name).sig")
        #expect(try Fixtures.publicKey(name).verifies(signature, of: Fixtures.payload))
        for other in Fixtures.all where other != name {
            #expect(try !Fixtures.publicKey(other).verifies(signature, of: Fixtures.payload))
        }
        #expect(try !Fixtures.publicKey(name).verifies(signature, of: Fixtures.payload + [UInt8(ascii: " ")]))
        #expect(try !Fixtures.publicKey(name).verifies(signature, of: []))
    }

    @Test(arguments: Fixtures.all) func ownSignaturesAreSignatures(_ name: String) throws {
        for message in [[], [0], try Fixtures.payload] {
            let signature = try Fixtures.privateKey(name).sign(message)
            #expect(try Fixtures.publicKey(name).verifies(signature, of: message))
        }
    }

    @Test(arguments: Fixtures.all) func flippedTruncatedAndPaddedOnesAreNone(_ name: String) throws {
        let key = try Fixtures.publicKey(name)
        let payload = try Fixtures.payload
        let signature = try Fixtures.bytes("payload.\(name).sig")
        for index in signature.indices {
            for bit in [UInt8(1), 0x80] {
                var other = signature
                other[index] ^= bit
                #expect(try !key.verifies(other, of: payload), "byte \(index)")
            }
            #expect(try !key.verifies(Array(signature[..<index]), of: payload))
        }
        #expect(try !key.verifies(signature + [0], of: payload))
    }

    /// r and s of a signature's DER.
    private func numbers(_ signature: [UInt8]) throws -> (r: [UInt8], s: [UInt8]) {
        var reader = DER(try #require(DER.only(DER.sequence, in: signature)))
        let r = try #require(reader.element(DER.integer).flatMap(DER.magnitude))
        let s = try #require(reader.element(DER.integer).flatMap(DER.magnitude))
        return (Array(r), Array(s))
    }

    private func integer(_ magnitude: [UInt8]) -> [UInt8] {
        DER.short(DER.integer, (magnitude.first ?? 0) >= 0x80 ? [0] + magnitude : magnitude)
    }

    /// The order of P-256 minus a number.
    private func complement(_ number: [UInt8]) -> [UInt8] {
        let order: [UInt8] = [
            0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7,
            0x17,
            0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
        ]
        let padded = [UInt8](repeating: 0, count: 32 - number.count) + number
        var borrow = 0
        var result = order
        for index in (0..<32).reversed() {
            let value = Int(order[index]) - Int(padded[index]) - borrow
            result[index] = UInt8(truncatingIfNeeded: value)
            borrow = value < 0 ? 1 : 0
        }
        return Array(result.drop { $0 == 0 })
    }

    @Test("the other of ECDSA's two signatures, with the high or the low s, counts as well") func bothValuesOfS() throws {
        let (r, s) = try numbers(Fixtures.bytes("payload.p256-a.sig"))
        let other = DER.short(DER.sequence, integer(r) + integer(complement(s)))
        #expect(try Fixtures.publicKey("p256-a").verifies(other, of: Fixtures.payload))
    }

    @Test("numbers in any but their shortest form, and no numbers at all, are no signature") func malformedDER() throws {
        let key = try Fixtures.publicKey("p256-a")
        let payload = try Fixtures.payload
        let (r, s) = try numbers(Fixtures.bytes("payload.p256-a.sig"))
        let whole = integer(r) + integer(s)
        #expect(try key.verifies(DER.short(DER.sequence, whole), of: payload))
        let wrong: [[UInt8]] = [
            DER.short(DER.sequence, DER.short(DER.integer, [0, 0] + r) + integer(s)),
            DER.short(DER.sequence, integer(r) + DER.short(DER.integer, [0x80] + s)),
            [0x30, 0x81, UInt8(whole.count)] + whole, [0x30, 0x80] + whole + [0, 0],
            DER.short(DER.sequence, whole + [5, 0]), DER.short(DER.sequence, integer(r)), DER.short(0x31, whole),
            DER.short(DER.sequence, integer([0]) + integer([0])), DER.short(DER.sequence, integer([1]) + integer([1])),
            DER.short(DER.sequence, integer([UInt8](repeating: 0xff, count: 32)) + integer(s)), r + s, [],
        ]
        for (number, signature) in wrong.enumerated() { #expect(try !key.verifies(signature, of: payload), "\(number)") }
    }
}
