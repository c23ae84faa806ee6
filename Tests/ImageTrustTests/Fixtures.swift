import Foundation
import ImageTrust

/// Keys and signatures of OpenSSL's making: Fixtures/recipe.sh.
enum Fixtures {
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: directory.appendingPathComponent(name)))
    }

    static func publicKey(_ name: String) throws -> PublicKey { try PublicKey(pem: bytes(name + ".pub")) }

    static func privateKey(_ name: String) throws -> PrivateKey { try PrivateKey(pem: bytes(name + ".key")) }

    static var payload: [UInt8] { get throws { try bytes("payload.json") } }

    static let all = ["p256-a", "p256-b", "ed25519"]
}
