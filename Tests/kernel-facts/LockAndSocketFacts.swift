import LinuxKernel
import LinuxTypes

let lockFacts = [
    Fact("lock-ends-with-its-holder") {
        let scratch = try Scratch()
        try scratch.makeFile("state")
        let file = try scratch.image.open("state", .readWrite)
        let ready = try Pipe()
        let image = scratch.image
        let write = ready.writeEnd.descriptor
        let holder = try Child {
            let own = try image.open("state", .readWrite)
            guard try own.descriptor.tryLock() else { return 1 }
            try write.writeAll([1])
            return try sleepForever()
        }
        try expectEqual(try ready.readEnd.descriptor.readSome(1), [1])
        try expect(try !file.descriptor.tryLock(), "taken twice")
        try expectEqual(try file.descriptor.lockHolder(), holder.pid)
        let pid = holder.pid
        try holder.kill()
        try expect(try file.descriptor.tryLock(), "still held by the dead \(pid)")
    },
    Fact("lock-is-not-inherited") {
        let scratch = try Scratch()
        try scratch.makeFile("state")
        let file = try scratch.image.open("state", .readWrite)
        try expect(try file.descriptor.tryLock(), "not free")
        let descriptor = file.descriptor
        let own = currentPID()
        let child = try Child {
            if try descriptor.tryLock() { return 1 }
            if try descriptor.lockHolder() != own { return 2 }
            // Its end closes the file there, which is no business of ours here.
            descriptor.close()
            return 0
        }
        try expectEqual(try child.end(), .exited(code: 0))
        let other = try Child { try descriptor.tryLock() ? 1 : 0 }
        try expectEqual(try other.end(), .exited(code: 0))
        try file.descriptor.unlock()
        let third = try Child { try descriptor.tryLock() ? 0 : 1 }
        try expectEqual(try third.end(), .exited(code: 0))
        try expectEqual(try file.descriptor.lockHolder(), nil)
    },
]

let socketFacts = [
    Fact("socket-passes-250-descriptors") {
        let pair = try SocketPair()
        var files = DescriptorList()
        for number in 0..<250 { files.append(try FileDescriptor.inMemory(name: "f\(number)")) }
        let inodes = try files.descriptors.map { file throws(KernelError) in try file.status().inode }
        try pair.first.descriptor.send(Array("plan".utf8), descriptors: files.descriptors)
        let message = try pair.second.descriptor.receive(capacity: 100)
        try expectEqual(message.bytes, Array("plan".utf8))
        let received = message.takeDescriptors()
        try expectEqual(received.count, 250)
        try expectEqual(try received.descriptors.map { file throws(KernelError) in try file.status().inode }, inodes)
        for file in received.descriptors {
            let flags =
                try readText("/proc/self/fdinfo/\(file.number)").split(separator: "\n").first { $0.hasPrefix("flags:") } ?? ""
            let value = UInt32(flags.split(separator: "\t").last ?? "", radix: 8) ?? 0
            try expect(value & 0o2000000 != 0, "descriptor \(file.number) would survive an exec")
        }
    },
    Fact("socket-closes-what-nobody-took") {
        let pair = try SocketPair()
        let file = try FileDescriptor.inMemory(name: "f")
        try pair.first.descriptor.send([1], descriptors: [file.descriptor])
        let number: Int32
        do {
            let message = try pair.second.descriptor.receive(capacity: 1)
            number = message.descriptors[0].number
            try expect(FileDescriptor(number).isOpen, "not open")
        }
        try expect(!FileDescriptor(number).isOpen, "descriptor \(number) leaked")
    },
    Fact("socket-peer-gone") {
        let pair = try SocketPair()
        let other = pair.keepFirst()
        try expectErrno(.EPIPE, "sending to nobody") { () throws(KernelError) in try other.descriptor.send([1, 2, 3]) }
        try expectEqual(try other.descriptor.receive(capacity: 10).bytes, [])
    },
    Fact("socket-sends-more-than-its-buffer") {
        let pair = try SocketPair()
        let file = try FileDescriptor.inMemory(name: "f")
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let sender = pair.first.descriptor
        let sent = file.descriptor
        let child = try Child {
            try sender.send(bytes, descriptors: [sent])
            return 0
        }
        var received: [UInt8] = []
        var descriptors = 0
        while received.count < bytes.count {
            let part = try pair.second.descriptor.receive(capacity: 1 << 16)
            received += part.bytes
            descriptors += part.descriptors.count
        }
        try expect(received == bytes, "other bytes arrived")
        try expectEqual(descriptors, 1)
        try expectEqual(try child.end(), .exited(code: 0))
    },
    Fact("socket-names-as-long-as-names-can-be") {
        let scratch = try Scratch()
        let name = "start.sock"
        let deep = try scratch.root.makeDirectories(
            containerPath("/" + (0..<10).map { _ in String(repeating: "d", count: 100) }.joined(separator: "/")))
        let listener = try deep.descriptor.listen(name: name)
        let client = try deep.descriptor.connect(name: name)
        let server = try listener.descriptor.accept()
        try client.descriptor.send([7])
        try expectEqual(try server.descriptor.receive(capacity: 9).bytes, [7])
        try expectEqual(try server.descriptor.peerCredentials().pid, currentPID())
        try expectErrno(.ENOENT, "a socket that is not there") { () throws(KernelError) in
            _ = try deep.descriptor.connect(name: "other")
        }
    },
    Fact("socket-nobody-listens-any-more") {
        let scratch = try Scratch()
        do { _ = try scratch.image.listen(name: "s") }
        try expectErrno(.ECONNREFUSED, "a dead socket") { () throws(KernelError) in
            _ = try scratch.image.connect(name: "s", blocking: false)
        }
    },
]
