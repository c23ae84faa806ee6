internal import LinuxKernel
internal import StrictTree

extension Value {
    var podUID: PodUID {
        get throws(TreeError) {
            let text = try string
            guard let uid = PodUID(text) else { throw failure("'\(text)' is no uid of a pod") }
            return uid
        }
    }

    /// One of the words of a closed list.
    func word<Word: RawRepresentable<String>>() throws(TreeError) -> Word {
        let text = try string
        guard let word = Word(rawValue: text) else { throw failure("'\(text)' is no word of this version") }
        return word
    }

    var processIdentity: ProcessIdentity {
        get throws(TreeError) {
            var fields = try Fields(self)
            return ProcessIdentity(
                bootID: try fields.required("boot").string, pid: try fields.required("pid").integer(in: 1...Int32.max),
                startTime: try fields.required("start").unsigned)
        }
    }
}

extension JSONWriter {
    /// Text for people, which may come from a container; left out where it is empty. NUL, which no reader of records takes, is replaced.
    mutating func member(_ key: String, text: String) {
        guard !text.isEmpty else { return }
        let isClean = !text.utf8.contains(0)
        member(key, isClean ? text : String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{fffd}" : $0 })))
    }

    /// Left out where there is none.
    mutating func member(_ key: String, _ process: ProcessIdentity?) {
        guard let process else { return }
        object(key) { json in
            json.member("boot", process.bootID)
            json.member("pid", process.pid)
            json.member("start", process.startTime)
        }
    }
}
