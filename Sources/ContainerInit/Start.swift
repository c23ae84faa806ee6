import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// Says that everything which can fail before the program is done, and waits for the word to go on: from the parent, or, where the plan has a
    /// start socket, from whoever connects to it. That connection then takes the parent's place.
    static func waitForStart(_ setup: inout Setup) throws(InitFailure) {
        guard let index = setup.plan.startSocket else { return try setup.channel.waitToProceed(.wait) }
        let listener = try setup.descriptor(index, .wait)
        try setup.channel.send(.ready, .wait)
        while true {
            let connected = try during(.wait) { () throws(KernelError) in
                let connection = try listener.accept()
                let word = try connection.descriptor.receive(capacity: 1, subject: "the start socket")
                // Whoever only wanted to see whether we are still waiting says nothing and goes.
                guard word.bytes == [proceedByte] else { return false }
                try connection.descriptor.duplicate(onto: setup.channel.socket)
                try setup.channel.socket.setCloseOnExec(true)
                return true
            }
            if connected { return }
        }
    }

    /// The last steps before the execve. Everything that the filter or a lost capability could forbid is done before, except what must follow:
    /// with no_new_privs the filter comes last of all; without, loading it needs CAP_SYS_ADMIN, so only the capset follows it.
    static func confine(_ setup: inout Setup) throws(InitFailure) {
        let process = setup.plan.process
        try setup.channel.send(.executing(ledger: setup.ledger), .execute)
        try during(.start) { () throws(KernelError) in
            // Order: after the last descriptor was opened. What the caller leaked to us ends here; the socket ends with the execve.
            try FileDescriptor.markCloseOnExec(from: 3 + Int32(setup.plan.preservedDescriptors))
        }
        if process.noNewPrivileges {
            try during(.capabilities) { () throws(KernelError) in try install(process.capabilities) }
            try during(.noNewPrivileges) { () throws(KernelError) in try setNoNewPrivileges() }
            try loadFilter(process)
        } else {
            try loadFilter(process)
            try during(.capabilities) { () throws(KernelError) in try install(process.capabilities) }
        }
    }

    private static func loadFilter(_ process: ProcessPlan) throws(InitFailure) {
        guard let filter = process.seccomp else { return }
        try during(.seccomp) { () throws(KernelError) in
            try loadSeccompFilter(filter.instructions, flags: filter.flags)
        }
    }
}
