/// An error number of the kernel, `errno(3)`. Names and texts are our own table: a static glibc must not reach locale code.
public struct Errno: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The kernel's name, as `ENOENT`; a number unknown to this table reads `E<number>`.
    public var name: String { Self.table[Int(rawValue)]?.name ?? "E\(rawValue)" }
}

extension Errno: CustomStringConvertible {
    /// The usual text in lower case, as `no such file or directory`.
    public var description: String { Self.table[Int(rawValue)]?.text ?? "error \(rawValue)" }
}

extension Errno {
    public static let EPERM = Errno(rawValue: 1)
    public static let ENOENT = Errno(rawValue: 2)
    public static let ESRCH = Errno(rawValue: 3)
    public static let EINTR = Errno(rawValue: 4)
    public static let EIO = Errno(rawValue: 5)
    public static let ENXIO = Errno(rawValue: 6)
    public static let E2BIG = Errno(rawValue: 7)
    public static let ENOEXEC = Errno(rawValue: 8)
    public static let EBADF = Errno(rawValue: 9)
    public static let ECHILD = Errno(rawValue: 10)
    public static let EAGAIN = Errno(rawValue: 11)
    public static let ENOMEM = Errno(rawValue: 12)
    public static let EACCES = Errno(rawValue: 13)
    public static let EFAULT = Errno(rawValue: 14)
    public static let ENOTBLK = Errno(rawValue: 15)
    public static let EBUSY = Errno(rawValue: 16)
    public static let EEXIST = Errno(rawValue: 17)
    public static let EXDEV = Errno(rawValue: 18)
    public static let ENODEV = Errno(rawValue: 19)
    public static let ENOTDIR = Errno(rawValue: 20)
    public static let EISDIR = Errno(rawValue: 21)
    public static let EINVAL = Errno(rawValue: 22)
    public static let ENFILE = Errno(rawValue: 23)
    public static let EMFILE = Errno(rawValue: 24)
    public static let ENOTTY = Errno(rawValue: 25)
    public static let ETXTBSY = Errno(rawValue: 26)
    public static let EFBIG = Errno(rawValue: 27)
    public static let ENOSPC = Errno(rawValue: 28)
    public static let ESPIPE = Errno(rawValue: 29)
    public static let EROFS = Errno(rawValue: 30)
    public static let EMLINK = Errno(rawValue: 31)
    public static let EPIPE = Errno(rawValue: 32)
    public static let EDOM = Errno(rawValue: 33)
    public static let ERANGE = Errno(rawValue: 34)
    public static let EDEADLOCK = Errno(rawValue: 35)
    public static let ENAMETOOLONG = Errno(rawValue: 36)
    public static let ENOLCK = Errno(rawValue: 37)
    public static let ENOSYS = Errno(rawValue: 38)
    public static let ENOTEMPTY = Errno(rawValue: 39)
    public static let ELOOP = Errno(rawValue: 40)
    public static let ENOMSG = Errno(rawValue: 42)
    public static let EIDRM = Errno(rawValue: 43)
    public static let ECHRNG = Errno(rawValue: 44)
    public static let EL2NSYNC = Errno(rawValue: 45)
    public static let EL3HLT = Errno(rawValue: 46)
    public static let EL3RST = Errno(rawValue: 47)
    public static let ELNRNG = Errno(rawValue: 48)
    public static let EUNATCH = Errno(rawValue: 49)
    public static let ENOCSI = Errno(rawValue: 50)
    public static let EL2HLT = Errno(rawValue: 51)
    public static let EBADE = Errno(rawValue: 52)
    public static let EBADR = Errno(rawValue: 53)
    public static let EXFULL = Errno(rawValue: 54)
    public static let ENOANO = Errno(rawValue: 55)
    public static let EBADRQC = Errno(rawValue: 56)
    public static let EBADSLT = Errno(rawValue: 57)
    public static let EBFONT = Errno(rawValue: 59)
    public static let ENOSTR = Errno(rawValue: 60)
    public static let ENODATA = Errno(rawValue: 61)
    public static let ETIME = Errno(rawValue: 62)
    public static let ENOSR = Errno(rawValue: 63)
    public static let ENONET = Errno(rawValue: 64)
    public static let ENOPKG = Errno(rawValue: 65)
    public static let EREMOTE = Errno(rawValue: 66)
    public static let ENOLINK = Errno(rawValue: 67)
    public static let EADV = Errno(rawValue: 68)
    public static let ESRMNT = Errno(rawValue: 69)
    public static let ECOMM = Errno(rawValue: 70)
    public static let EPROTO = Errno(rawValue: 71)
    public static let EMULTIHOP = Errno(rawValue: 72)
    public static let EDOTDOT = Errno(rawValue: 73)
    public static let EBADMSG = Errno(rawValue: 74)
    public static let EOVERFLOW = Errno(rawValue: 75)
    public static let ENOTUNIQ = Errno(rawValue: 76)
    public static let EBADFD = Errno(rawValue: 77)
    public static let EREMCHG = Errno(rawValue: 78)
    public static let ELIBACC = Errno(rawValue: 79)
    public static let ELIBBAD = Errno(rawValue: 80)
    public static let ELIBSCN = Errno(rawValue: 81)
    public static let ELIBMAX = Errno(rawValue: 82)
    public static let ELIBEXEC = Errno(rawValue: 83)
    public static let EILSEQ = Errno(rawValue: 84)
    public static let ERESTART = Errno(rawValue: 85)
    public static let ESTRPIPE = Errno(rawValue: 86)
    public static let EUSERS = Errno(rawValue: 87)
    public static let ENOTSOCK = Errno(rawValue: 88)
    public static let EDESTADDRREQ = Errno(rawValue: 89)
    public static let EMSGSIZE = Errno(rawValue: 90)
    public static let EPROTOTYPE = Errno(rawValue: 91)
    public static let ENOPROTOOPT = Errno(rawValue: 92)
    public static let EPROTONOSUPPORT = Errno(rawValue: 93)
    public static let ESOCKTNOSUPPORT = Errno(rawValue: 94)
    public static let ENOTSUP = Errno(rawValue: 95)
    public static let EPFNOSUPPORT = Errno(rawValue: 96)
    public static let EAFNOSUPPORT = Errno(rawValue: 97)
    public static let EADDRINUSE = Errno(rawValue: 98)
    public static let EADDRNOTAVAIL = Errno(rawValue: 99)
    public static let ENETDOWN = Errno(rawValue: 100)
    public static let ENETUNREACH = Errno(rawValue: 101)
    public static let ENETRESET = Errno(rawValue: 102)
    public static let ECONNABORTED = Errno(rawValue: 103)
    public static let ECONNRESET = Errno(rawValue: 104)
    public static let ENOBUFS = Errno(rawValue: 105)
    public static let EISCONN = Errno(rawValue: 106)
    public static let ENOTCONN = Errno(rawValue: 107)
    public static let ESHUTDOWN = Errno(rawValue: 108)
    public static let ETOOMANYREFS = Errno(rawValue: 109)
    public static let ETIMEDOUT = Errno(rawValue: 110)
    public static let ECONNREFUSED = Errno(rawValue: 111)
    public static let EHOSTDOWN = Errno(rawValue: 112)
    public static let EHOSTUNREACH = Errno(rawValue: 113)
    public static let EALREADY = Errno(rawValue: 114)
    public static let EINPROGRESS = Errno(rawValue: 115)
    public static let ESTALE = Errno(rawValue: 116)
    public static let EUCLEAN = Errno(rawValue: 117)
    public static let ENOTNAM = Errno(rawValue: 118)
    public static let ENAVAIL = Errno(rawValue: 119)
    public static let EISNAM = Errno(rawValue: 120)
    public static let EREMOTEIO = Errno(rawValue: 121)
    public static let EDQUOT = Errno(rawValue: 122)
    public static let ENOMEDIUM = Errno(rawValue: 123)
    public static let EMEDIUMTYPE = Errno(rawValue: 124)
    public static let ECANCELED = Errno(rawValue: 125)
    public static let ENOKEY = Errno(rawValue: 126)
    public static let EKEYEXPIRED = Errno(rawValue: 127)
    public static let EKEYREVOKED = Errno(rawValue: 128)
    public static let EKEYREJECTED = Errno(rawValue: 129)
    public static let EOWNERDEAD = Errno(rawValue: 130)
    public static let ENOTRECOVERABLE = Errno(rawValue: 131)
    public static let ERFKILL = Errno(rawValue: 132)
}

extension Errno {
    private static let table: [Int: (name: String, text: String)] = [
        1: ("EPERM", "operation not permitted"),
        2: ("ENOENT", "no such file or directory"),
        3: ("ESRCH", "no such process"),
        4: ("EINTR", "interrupted system call"),
        5: ("EIO", "input/output error"),
        6: ("ENXIO", "no such device or address"),
        7: ("E2BIG", "argument list too long"),
        8: ("ENOEXEC", "exec format error"),
        9: ("EBADF", "bad file descriptor"),
        10: ("ECHILD", "no child processes"),
        11: ("EAGAIN", "resource temporarily unavailable"),
        12: ("ENOMEM", "cannot allocate memory"),
        13: ("EACCES", "permission denied"),
        14: ("EFAULT", "bad address"),
        15: ("ENOTBLK", "block device required"),
        16: ("EBUSY", "device or resource busy"),
        17: ("EEXIST", "file exists"),
        18: ("EXDEV", "invalid cross-device link"),
        19: ("ENODEV", "no such device"),
        20: ("ENOTDIR", "not a directory"),
        21: ("EISDIR", "is a directory"),
        22: ("EINVAL", "invalid argument"),
        23: ("ENFILE", "too many open files in system"),
        24: ("EMFILE", "too many open files"),
        25: ("ENOTTY", "inappropriate ioctl for device"),
        26: ("ETXTBSY", "text file busy"),
        27: ("EFBIG", "file too large"),
        28: ("ENOSPC", "no space left on device"),
        29: ("ESPIPE", "illegal seek"),
        30: ("EROFS", "read-only file system"),
        31: ("EMLINK", "too many links"),
        32: ("EPIPE", "broken pipe"),
        33: ("EDOM", "numerical argument out of domain"),
        34: ("ERANGE", "numerical result out of range"),
        35: ("EDEADLOCK", "resource deadlock avoided"),
        36: ("ENAMETOOLONG", "file name too long"),
        37: ("ENOLCK", "no locks available"),
        38: ("ENOSYS", "function not implemented"),
        39: ("ENOTEMPTY", "directory not empty"),
        40: ("ELOOP", "too many levels of symbolic links"),
        42: ("ENOMSG", "no message of desired type"),
        43: ("EIDRM", "identifier removed"),
        44: ("ECHRNG", "channel number out of range"),
        45: ("EL2NSYNC", "level 2 not synchronized"),
        46: ("EL3HLT", "level 3 halted"),
        47: ("EL3RST", "level 3 reset"),
        48: ("ELNRNG", "link number out of range"),
        49: ("EUNATCH", "protocol driver not attached"),
        50: ("ENOCSI", "no CSI structure available"),
        51: ("EL2HLT", "level 2 halted"),
        52: ("EBADE", "invalid exchange"),
        53: ("EBADR", "invalid request descriptor"),
        54: ("EXFULL", "exchange full"),
        55: ("ENOANO", "no anode"),
        56: ("EBADRQC", "invalid request code"),
        57: ("EBADSLT", "invalid slot"),
        59: ("EBFONT", "bad font file format"),
        60: ("ENOSTR", "device not a stream"),
        61: ("ENODATA", "no data available"),
        62: ("ETIME", "timer expired"),
        63: ("ENOSR", "out of streams resources"),
        64: ("ENONET", "machine is not on the network"),
        65: ("ENOPKG", "package not installed"),
        66: ("EREMOTE", "object is remote"),
        67: ("ENOLINK", "link has been severed"),
        68: ("EADV", "advertise error"),
        69: ("ESRMNT", "srmount error"),
        70: ("ECOMM", "communication error on send"),
        71: ("EPROTO", "protocol error"),
        72: ("EMULTIHOP", "multihop attempted"),
        73: ("EDOTDOT", "RFS specific error"),
        74: ("EBADMSG", "bad message"),
        75: ("EOVERFLOW", "value too large for defined data type"),
        76: ("ENOTUNIQ", "name not unique on network"),
        77: ("EBADFD", "file descriptor in bad state"),
        78: ("EREMCHG", "remote address changed"),
        79: ("ELIBACC", "can not access a needed shared library"),
        80: ("ELIBBAD", "accessing a corrupted shared library"),
        81: ("ELIBSCN", ".lib section in a.out corrupted"),
        82: ("ELIBMAX", "attempting to link in too many shared libraries"),
        83: ("ELIBEXEC", "cannot exec a shared library directly"),
        84: ("EILSEQ", "invalid or incomplete multibyte or wide character"),
        85: ("ERESTART", "interrupted system call should be restarted"),
        86: ("ESTRPIPE", "streams pipe error"),
        87: ("EUSERS", "too many users"),
        88: ("ENOTSOCK", "socket operation on non-socket"),
        89: ("EDESTADDRREQ", "destination address required"),
        90: ("EMSGSIZE", "message too long"),
        91: ("EPROTOTYPE", "protocol wrong type for socket"),
        92: ("ENOPROTOOPT", "protocol not available"),
        93: ("EPROTONOSUPPORT", "protocol not supported"),
        94: ("ESOCKTNOSUPPORT", "socket type not supported"),
        95: ("ENOTSUP", "operation not supported"),
        96: ("EPFNOSUPPORT", "protocol family not supported"),
        97: ("EAFNOSUPPORT", "address family not supported by protocol"),
        98: ("EADDRINUSE", "address already in use"),
        99: ("EADDRNOTAVAIL", "cannot assign requested address"),
        100: ("ENETDOWN", "network is down"),
        101: ("ENETUNREACH", "network is unreachable"),
        102: ("ENETRESET", "network dropped connection on reset"),
        103: ("ECONNABORTED", "software caused connection abort"),
        104: ("ECONNRESET", "connection reset by peer"),
        105: ("ENOBUFS", "no buffer space available"),
        106: ("EISCONN", "transport endpoint is already connected"),
        107: ("ENOTCONN", "transport endpoint is not connected"),
        108: ("ESHUTDOWN", "cannot send after transport endpoint shutdown"),
        109: ("ETOOMANYREFS", "too many references: cannot splice"),
        110: ("ETIMEDOUT", "connection timed out"),
        111: ("ECONNREFUSED", "connection refused"),
        112: ("EHOSTDOWN", "host is down"),
        113: ("EHOSTUNREACH", "no route to host"),
        114: ("EALREADY", "operation already in progress"),
        115: ("EINPROGRESS", "operation now in progress"),
        116: ("ESTALE", "stale file handle"),
        117: ("EUCLEAN", "structure needs cleaning"),
        118: ("ENOTNAM", "not a XENIX named type file"),
        119: ("ENAVAIL", "no XENIX semaphores available"),
        120: ("EISNAM", "is a named type file"),
        121: ("EREMOTEIO", "remote I/O error"),
        122: ("EDQUOT", "disk quota exceeded"),
        123: ("ENOMEDIUM", "no medium found"),
        124: ("EMEDIUMTYPE", "wrong medium type"),
        125: ("ECANCELED", "operation canceled"),
        126: ("ENOKEY", "required key not available"),
        127: ("EKEYEXPIRED", "key has expired"),
        128: ("EKEYREVOKED", "key has been revoked"),
        129: ("EKEYREJECTED", "key was rejected by service"),
        130: ("EOWNERDEAD", "owner died"),
        131: ("ENOTRECOVERABLE", "state not recoverable"),
        132: ("ERFKILL", "operation not possible due to RF-kill"),
        133: ("EHWPOISON", "memory page has hardware error"),
    ]
}
