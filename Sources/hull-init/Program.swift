import ContainerInit
import LinuxKernel

/// `hull-init N`: started by the engine and by nobody else; N is the number of its parent's socket. `hull-init reap`: process 1 of a PID namespace that the
/// containers of a pod share.
@main
enum Program {
    static func main() {
        // unsafeArgv: the array of strings would be built for one number.
        guard CommandLine.argc == 2, let word = CommandLine.unsafeArgv[1] else { exitImmediately(2) }
        let text = String(cString: word)
        if text == "reap" { exitImmediately(ContainerInit.reap()) }
        guard let number = Int32(text), number > 2, FileDescriptor(number).isOpen else { exitImmediately(2) }
        exitImmediately(ContainerInit.run(socketNumber: number))
    }
}
