import LinuxTypes
import OCISpec
import Testing

@testable import SeccompFilter

let allow = FilterAction.allow.kernelValue
func errno(_ number: UInt16) -> UInt32 { FilterAction.errno(number).kernelValue }
let EPERM: UInt16 = 1
let ENOSYS: UInt16 = 38

/// The x86_64 numbers of a few calls, and i386's where they differ.
enum Number {
    static let read = 0
    static let write = 1
    static let open = 2
    static let socket = 41
    static let clone = 56
    static let personality = 135
    static let clone3 = 435
    static let readOfX86 = 3
    static let socketOfX86 = 359
    static let socketcallOfX86 = 102
}

extension SeccompFilter.Filter {
    func verdict(_ call: SystemCall) -> UInt32? { run(program.instructions, call) }
}

/// One rule for `read` under a default of ENOSYS.
func reading(_ comparisons: [Profile.Comparison], _ action: FilterAction = .allow) -> Profile {
    Profile(defaultAction: .errno(ENOSYS), rules: [.init(action, ["read"], where: comparisons)])
}
