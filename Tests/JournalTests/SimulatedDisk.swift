import LinuxKernel
import LinuxTypes

@testable import Journal

/// One process's view of a volume: its open files.
final class SimulatedDisk: Disk {
    let writesInPlace = true
    private unowned let machine: SimulatedMachine
    private let volume: Volume
    private var open: [Int32: Inode] = [:]
    private var nextNumber: Int32 = 3

    init(_ machine: SimulatedMachine, _ volume: Volume) {
        self.machine = machine
        self.volume = volume
    }

    private func handle(_ inode: Inode) -> DiskFile {
        nextNumber += 1
        open[nextNumber] = inode
        return DiskFile(number: nextNumber)
    }

    private func inode(_ file: DiskFile) throws(KernelError) -> Inode {
        guard let inode = open[file.number] else { throw KernelError(call: "any", errno: .EBADF, subject: "\(file.number)") }
        return inode
    }

    func names() throws(KernelError) -> [String] {
        try machine.step("getdents", isReading: true)
        return volume.names.keys.sorted()
    }

    func open(_ name: String, writable: Bool) throws(KernelError) -> DiskFile {
        try machine.step("open", isReading: true)
        guard let inode = volume.names[name] else { throw KernelError(call: "open", errno: .ENOENT, subject: name) }
        return handle(inode)
    }

    func create(_ name: String) throws(KernelError) -> DiskFile {
        if volume.names[name] != nil { throw KernelError(call: "open", errno: .EEXIST, subject: name) }
        let inode = Inode()
        try machine.step("open") { generator in
            if Bool.random(using: &generator) { volume.change(.link(name, inode)) }
        }
        volume.change(.link(name, inode))
        return handle(inode)
    }

    func close(_ file: DiskFile) { open[file.number] = nil }

    func size(_ file: DiskFile) throws(KernelError) -> UInt64 {
        try machine.step("fstat", isReading: true)
        return UInt64(try inode(file).size)
    }

    func read(_ file: DiskFile, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(KernelError) -> Int {
        try machine.step("pread", isReading: true)
        let inode = try inode(file)
        let bytes = inode.current
        let start = min(Int(offset), bytes.count)
        let end = min(start + buffer.count, bytes.count)
        buffer.copyBytes(from: bytes[start..<end])
        return end - start
    }

    func write(_ file: DiskFile, at offset: UInt64, _ bytes: UnsafeRawBufferPointer) throws(KernelError) {
        let inode = try inode(file)
        try machine.step("pwrite") { generator in
            let count = Int.random(in: 0...bytes.count, using: &generator)
            if count > 0 { inode.write(Int(offset), Array(bytes[..<count])) }
        }
        try claim(max(0, Int(offset) + bytes.count - inode.size))
        inode.write(Int(offset), Array(bytes))
    }

    func allocate(_ file: DiskFile, size: UInt64) throws(KernelError) {
        let inode = try inode(file)
        try machine.step("fallocate") { generator in inode.allocate(Int.random(in: 0...Int(size), using: &generator)) }
        try claim(max(0, Int(size) - inode.size))
        inode.allocate(Int(size))
    }

    func extend(_ file: DiskFile, from size: UInt64, to newSize: UInt64) throws(KernelError) {
        let inode = try inode(file)
        try machine.step("fallocate")
        try claim(Int(newSize) - inode.size)
        inode.allocate(Int(newSize))
    }

    func map(_ file: DiskFile, isWritable: Bool) throws(KernelError) -> MappedMemory? {
        let inode = try inode(file)
        try machine.step("mmap", isReading: true)
        guard volume.isMemory else { return nil }
        let bytes = inode.map()
        return MappedMemory(base: bytes.base, length: MappedBytes.length, owner: bytes)
    }

    /// Space on the volume.
    private func claim(_ bytes: Int) throws(KernelError) {
        if bytes > 0, volume.used + bytes > volume.capacity { throw KernelError(call: "fallocate", errno: .ENOSPC, subject: "") }
    }

    func sync(_ file: DiskFile) throws(KernelError) {
        let inode = try inode(file)
        try machine.step("fdatasync") { _ in
            // The kernel forgets that the pages are dirty: a later sync says yes although they never reach the disk.
            if machine.fault != .crash { inode.pending = [] }
        }
        if !machine.liesAboutSync { inode.sync() }
    }

    func rename(_ name: String, to newName: String) throws(KernelError) {
        guard volume.names[name] != nil else { throw KernelError(call: "renameat2", errno: .ENOENT, subject: name) }
        try machine.step("renameat2") { generator in
            if machine.fault == .crash, Bool.random(using: &generator) { volume.change(.rename(name, newName)) }
        }
        volume.change(.rename(name, newName))
    }

    func remove(_ name: String) throws(KernelError) {
        guard volume.names[name] != nil else { throw KernelError(call: "unlinkat", errno: .ENOENT, subject: name) }
        try machine.step("unlinkat") { generator in
            if machine.fault == .crash, Bool.random(using: &generator) { volume.change(.unlink(name)) }
        }
        volume.change(.unlink(name))
    }

    func syncNames() throws(KernelError) {
        try machine.step("fsync")
        if !machine.liesAboutSync { volume.syncNames() }
    }

    func tryLock(_ file: DiskFile, byte: Int64) throws(KernelError) -> Bool {
        try machine.step("fcntl", isReading: true)
        let inode = ObjectIdentifier(try inode(file))
        if let holder = volume.locks[inode]?[byte], holder != ObjectIdentifier(self) { return false }
        volume.locks[inode, default: [:]][byte] = ObjectIdentifier(self)
        return true
    }

    func unlock(_ file: DiskFile, byte: Int64) throws(KernelError) {
        let inode = ObjectIdentifier(try inode(file))
        volume.locks[inode]?[byte] = nil
    }
}
