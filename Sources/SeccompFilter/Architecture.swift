public import OCISpec

extension SeccompArchitecture {
    /// libseccomp's token: `AUDIT_ARCH_*` of the kernel, but for x32, which the kernel does not tell from x86_64.
    var token: UInt32 {
        switch self {
        case .x86: 0x4000_0003
        case .x86_64: 0xc000_003e
        case .x32: 0x4000_003e
        case .arm: 0x4000_0028
        case .aarch64: 0xc000_00b7
        case .loongarch64: 0xc000_0102
        case .m68k: 0x4
        case .mips: 0x8
        case .mips64: 0x8000_0008
        case .mips64n32: 0xa000_0008
        case .mipsel: 0x4000_0008
        case .mipsel64: 0xc000_0008
        case .mipsel64n32: 0xe000_0008
        case .ppc: 0x14
        case .ppc64: 0x8000_0015
        case .ppc64le: 0xc000_0015
        case .s390: 0x16
        case .s390x: 0x8000_0016
        case .sh: 0x4000_002a
        case .sheb: 0x2a
        case .parisc: 0xf
        case .parisc64: 0x8000_000f
        case .riscv64: 0xc000_00f3
        }
    }
}

extension SeccompArchitecture {
    /// What this program runs on; nil where libseccomp has no name for it.
    public static var native: SeccompArchitecture? {
        #if arch(x86_64)
        .x86_64
        #elseif arch(arm64)
        .aarch64
        #elseif arch(riscv64)
        .riscv64
        #elseif arch(s390x)
        .s390x
        #elseif arch(powerpc64le)
        .ppc64le
        #else
        nil
        #endif
    }
}
