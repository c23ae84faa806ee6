import Foundation
import Glibc

/// Files that cannot be executed, each for a reason of its own.
enum SeededFiles {
    /// Writes all of them into a directory.
    static func write(to directory: String) throws {
        try write("#!/no/such/interpreter -x\necho hi\n", to: directory + "/script")
        try write("#!/bin/sh\r\necho hi\r\n", to: directory + "/windows")
        try write("echo without a first line\n", to: directory + "/text")
        try write("", to: directory + "/empty")
        try write("#!/bin/sh\necho hi\n", to: directory + "/plain", mode: 0o644)
        try write(program(machine: machine, loader: "/lib/no-such-loader.so.1"), to: directory + "/loader")
        try write(program(machine: machine == 62 ? 183 : 62, loader: nil), to: directory + "/foreign")
        try write(program(machine: machine, loader: nil), to: directory + "/crash")
        symlink("/etc", directory + "/out")
    }

    private static func write(_ text: String, to path: String, mode: mode_t = 0o755) throws {
        try write(Data(text.utf8), to: path, mode: mode)
    }

    private static func write(_ data: Data, to path: String, mode: mode_t = 0o755) throws {
        try data.write(to: URL(fileURLWithPath: path))
        chmod(path, mode)
    }

    #if arch(x86_64)
    private static let machine: UInt16 = 62
    /// `ud2`
    private static let illegal: [UInt8] = [0x0f, 0x0b]
    #else
    private static let machine: UInt16 = 183
    /// `udf #0`
    private static let illegal: [UInt8] = [0, 0, 0, 0]
    #endif

    /// A static program that executes what is no instruction, or one that names a dynamic loader.
    private static func program(machine: UInt16, loader: String?) -> Data {
        var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
        func add<Number: FixedWidthInteger>(_ number: Number) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
        let headers: UInt16 = loader == nil ? 1 : 2
        let code = UInt64(64 + 56 * Int(headers))
        let base: UInt64 = 0x400000
        let name: [UInt8] = loader.map { Array($0.utf8) + [0] } ?? []
        let size = code + UInt64(illegal.count + name.count)
        add(UInt16(2))
        add(machine)
        add(UInt32(1))
        for number in [base + code, 64, 0] { add(number) }
        add(UInt32(0))
        for number in [64, 56, headers, 0, 0, 0] { add(UInt16(number)) }
        if loader != nil {
            add(UInt32(3))
            add(UInt32(4))
            let offset = code + UInt64(illegal.count)
            for number in [offset, base + offset, base + offset, UInt64(name.count), UInt64(name.count), 1] { add(number) }
        }
        add(UInt32(1))
        add(UInt32(5))
        for number in [0, base, base, size, size, 0x1000] { add(UInt64(number)) }
        return Data(bytes + illegal + name)
    }
}
