import ContainerInit
import LinuxKernel

/// `hull-init N`: started by `hull-runtime` and by nobody else; N is the number of its parent's socket.
@main
enum Program {
    static func main() {
        // unsafeArgv: the array of strings would be built for one number.
        guard CommandLine.argc == 2, let word = CommandLine.unsafeArgv[1], let number = Int32(String(cString: word)), number > 2,
            FileDescriptor(number).isOpen
        else {
            exitImmediately(2)
        }
        exitImmediately(ContainerInit.run(socketNumber: number))
    }
}
