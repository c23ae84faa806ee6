import Foundation
import LinuxTypes
import Testing

@Suite struct ErrnoTests {
    /// glibc's own texts, but for capitals.
    @Test func `every text is the one that people know`() {
        for number in 1...133 as ClosedRange<Int32> where number != 41 && number != 58 {
            let ours = Errno(rawValue: number)
            #expect(!ours.name.hasPrefix("E\(number)"), "errno \(number) has no name")
            #expect(ours.name.hasPrefix("E"))
            #expect(
                ours.description.lowercased() == String(cString: strerror(number)).lowercased(), "errno \(number), \(ours.name)")
        }
    }

    @Test func `names of numbers are the kernel's`() {
        #expect(Errno(rawValue: 2).name == "ENOENT")
        #expect(Errno(rawValue: 11).name == "EAGAIN")
        #expect(Errno(rawValue: 40).name == "ELOOP")
        #expect(Errno(rawValue: 110).name == "ETIMEDOUT")
        #expect(Errno(rawValue: 122).name == "EDQUOT")
    }

    @Test func `an unknown number is shown, not lost`() {
        #expect(Errno(rawValue: 9999).name == "E9999")
        #expect(Errno(rawValue: 9999).description == "error 9999")
        #expect(Errno(rawValue: -1).description == "error -1")
    }

    @Test func `constants stand for their numbers`() {
        #expect(Errno.EPERM.rawValue == EPERM)
        #expect(Errno.ENOTEMPTY.rawValue == ENOTEMPTY)
        #expect(Errno.ECONNREFUSED.rawValue == ECONNREFUSED)
        #expect(Errno.EPROTO.rawValue == EPROTO)
        #expect(Errno.ECANCELED.rawValue == ECANCELED)
        #expect(Errno.ENAMETOOLONG.rawValue == ENAMETOOLONG)
    }
}
