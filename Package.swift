// swift-tools-version: 6.2
//
// The layers of docs/architecture.md as targets. A target lists only modules of lower layers;
// Tools/check-imports holds the sources to the same rule.

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    // Type metadata is reached by symbol, not looked up by name at run time, and made by the compiler where it can be: a tenth of a container's start.
    .unsafeFlags(
        [
            "-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors", "-Xfrontend",
            "-prespecialize-generic-metadata",
        ], .when(configuration: .release)),
]

/// For code that tests run hundreds of thousands of times: optimized in debug builds too.
let optimized: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Programs that enter containers must not depend on the host's loader or libraries.
/// `swift test` cannot link this way, hence only in release builds.
let staticProgram: [LinkerSetting] = [
    .unsafeFlags(["-static-executable"], .when(configuration: .release))
]

let package = Package(
    name: "hull",
    products: [
        .executable(name: "hull", targets: ["hull"]),
        .executable(name: "hull-runtime", targets: ["hull-runtime"]),
        .executable(name: "hull-init", targets: ["hull-init"]),
        .executable(name: "hull-keeper", targets: ["hull-keeper"]),
    ],
    targets: [
        // Layer 0: types, the value tree, and C for what Swift cannot say.
        .target(name: "CLinux", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        // Of static programs only: the way to main.
        .target(name: "CStart", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-fno-stack-protector"])]),
        .systemLibrary(name: "CSeccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CCap", providers: [.apt(["libcap-dev"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        .target(name: "LinuxTypes", swiftSettings: strict),
        .target(name: "StrictTree", swiftSettings: strict),

        // Layer 1: the kernel's calls, the specification's values, the messages of parent and init.
        .target(name: "LinuxKernel", dependencies: ["CLinux", "CCap", "LinuxTypes"], swiftSettings: strict),
        .target(name: "OCISpec", dependencies: ["LinuxTypes", "StrictTree"], swiftSettings: strict),
        .target(name: "InitProtocol", dependencies: ["LinuxTypes"], swiftSettings: strict),
        .target(name: "Digests", dependencies: ["CCrypto"], swiftSettings: strict),
        .target(name: "YAMLTree", dependencies: ["CYAML", "StrictTree"], swiftSettings: strict),
        .target(name: "PodSpec", dependencies: ["LinuxTypes", "StrictTree", "YAMLTree"], swiftSettings: strict),

        // Layer 2: the journal, cgroups and seccomp, each alone.
        .target(name: "ImageSpec", dependencies: ["Digests", "LinuxTypes", "OCISpec", "StrictTree"], swiftSettings: strict),
        .target(
            name: "ImageTrust", dependencies: ["CCrypto", "Digests", "ImageSpec", "OCISpec", "StrictTree"], swiftSettings: strict),
        .target(name: "Journal", dependencies: ["LinuxKernel", "LinuxTypes"], swiftSettings: optimized),
        .target(name: "ContainerLogs", dependencies: ["LinuxKernel", "LinuxTypes"], swiftSettings: optimized),
        .target(name: "Netlink", dependencies: ["LinuxKernel", "LinuxTypes"], swiftSettings: strict),
        .target(name: "Cgroups", dependencies: ["LinuxKernel", "LinuxTypes", "OCISpec"], swiftSettings: strict),
        .target(
            name: "SeccompFilter", dependencies: ["CSeccomp", "LinuxKernel", "LinuxTypes", "OCISpec"],
            swiftSettings: strict),

        // Layer 3: one container, from both sides of the clone.
        .target(
            name: "ContainerInit", dependencies: ["InitProtocol", "LinuxKernel", "LinuxTypes"], swiftSettings: strict),
        .target(
            name: "ContainerRuntime",
            dependencies: [
                "Cgroups", "InitProtocol", "Journal", "LinuxKernel", "LinuxTypes", "OCISpec", "SeccompFilter", "StrictTree",
            ], swiftSettings: strict),

        .target(
            name: "PodNetwork", dependencies: ["Journal", "LinuxKernel", "LinuxTypes", "Netlink", "PodRecords", "StrictTree"],
            swiftSettings: strict),
        .target(
            name: "ImageLayers", dependencies: ["CZlib", "CZstd", "Digests", "LinuxKernel", "LinuxTypes"],
            swiftSettings: optimized),
        .target(
            name: "ImageStore",
            dependencies: [
                "Digests", "ImageLayers", "ImageSpec", "ImageTrust", "Journal", "LinuxKernel", "LinuxTypes", "OCISpec",
                "StrictTree",
            ],
            swiftSettings: strict),

        // Pods: what is recorded of them, the loop that keeps them, and what makes them.
        .target(name: "PodRecords", dependencies: ["Journal", "LinuxKernel", "LinuxTypes", "StrictTree"], swiftSettings: strict),
        .target(name: "KeeperProtocol", dependencies: ["InitProtocol"], swiftSettings: strict),
        .target(
            name: "Keeper",
            dependencies: [
                "ContainerLogs", "InitProtocol", "Journal", "KeeperProtocol", "LinuxKernel", "LinuxTypes", "PodRecords",
                "StrictTree",
            ],
            swiftSettings: optimized),

        .target(
            name: "PodSandbox",
            dependencies: [
                "Cgroups", "ContainerLogs", "ContainerRuntime", "Digests", "ImageLayers", "ImageSpec", "ImageStore",
                "InitProtocol", "Journal",
                "KeeperProtocol", "LinuxKernel", "LinuxTypes", "Netlink", "OCISpec", "PodNetwork", "PodRecords", "PodSpec",
                "SeccompFilter",
                "StrictTree",
            ],
            swiftSettings: strict),

        // Layers 5 and 6: words for people, and the programs.
        .target(
            name: "CommandSupport",
            dependencies: ["ContainerRuntime", "LinuxKernel", "LinuxTypes", "OCISpec", "StrictTree"],
            swiftSettings: strict),
        .target(
            name: "JournalVerbs",
            dependencies: ["CommandSupport", "Journal", "LinuxKernel", "LinuxTypes", "StrictTree"], swiftSettings: strict),
        .target(
            name: "ImageVerbs",
            dependencies: [
                "CommandSupport", "Digests", "ImageLayers", "ImageSpec", "ImageStore", "ImageTrust", "JournalVerbs",
                "LinuxKernel",
                "LinuxTypes",
                "OCISpec", "StrictTree",
            ],
            swiftSettings: strict),
        .target(
            name: "PodVerbs",
            dependencies: [
                "CommandSupport", "ContainerLogs", "JournalVerbs", "LinuxKernel", "LinuxTypes", "PodRecords", "PodSandbox",
                "PodSpec", "StrictTree",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "hull",
            dependencies: [
                "CStart", "CommandSupport", "ContainerLogs", "ContainerRuntime", "Digests", "ImageSpec", "ImageStore",
                "ImageTrust",
                "ImageVerbs",
                "InitProtocol", "Journal", "JournalVerbs", "KeeperProtocol", "LinuxKernel", "LinuxTypes", "PodRecords",
                "PodSandbox",
                "PodSpec", "PodVerbs", "StrictTree",
            ],
            swiftSettings: strict, linkerSettings: staticProgram),
        .executableTarget(
            name: "hull-runtime",
            dependencies: ["CStart", "CommandSupport", "ContainerRuntime", "LinuxKernel", "LinuxTypes", "OCISpec", "StrictTree"],
            swiftSettings: strict, linkerSettings: staticProgram),
        .executableTarget(
            name: "hull-keeper", dependencies: ["CStart", "Cgroups", "Keeper", "LinuxKernel", "LinuxTypes", "PodRecords"],
            swiftSettings: strict,
            linkerSettings: staticProgram),
        .executableTarget(
            name: "hull-init", dependencies: ["CStart", "ContainerInit", "LinuxKernel"], swiftSettings: strict,
            linkerSettings: staticProgram),
        // `make bench`: no part of Hull.
        .executableTarget(
            name: "hull-bench", dependencies: ["LinuxKernel", "LinuxTypes", "OCISpec", "SeccompFilter", "StrictTree"],
            path: "Tests/Bench", swiftSettings: strict, linkerSettings: staticProgram),
        .executableTarget(
            name: "network-bench", dependencies: ["Journal", "LinuxKernel", "LinuxTypes", "Netlink", "PodNetwork", "PodRecords"],
            path: "Tests/NetworkBench", swiftSettings: strict, linkerSettings: staticProgram),
        .executableTarget(
            name: "journal-bench", dependencies: ["Journal", "LinuxKernel", "LinuxTypes"], path: "Tests/JournalBench",
            exclude: ["others.c"],
            swiftSettings: strict, linkerSettings: staticProgram),
        .testTarget(
            name: "SeccompFilterTests",
            dependencies: ["LinuxKernel", "LinuxTypes", "OCISpec", "SeccompFilter", "SeededRandom", "StrictTree"],
            swiftSettings: strict),

        .testTarget(
            name: "NetlinkTests", dependencies: ["LinuxKernel", "Netlink", "SeededRandom"], swiftSettings: strict),
        .testTarget(
            name: "PodNetworkTests", dependencies: ["LinuxKernel", "Netlink", "PodNetwork", "PodRecords", "StrictTree"],
            swiftSettings: strict),
        .testTarget(
            name: "CgroupsTests", dependencies: ["Cgroups", "LinuxKernel", "LinuxTypes", "OCISpec", "SeededRandom"],
            swiftSettings: strict),
        .testTarget(
            name: "ContainerLogsTests", dependencies: ["ContainerLogs", "LinuxKernel", "LinuxTypes", "SeededRandom"],
            swiftSettings: strict),
        .testTarget(
            name: "LogFileTests",
            dependencies: ["ContainerLogs", "JournalVerbs", "LinuxKernel", "LinuxTypes", "PodVerbs", "SeededRandom"],
            swiftSettings: strict),
        .testTarget(
            name: "PodVerbsTests",
            dependencies: [
                "CommandSupport", "ContainerLogs", "JournalVerbs", "LinuxKernel", "LinuxTypes", "PodSandbox", "PodVerbs",
            ],
            swiftSettings: strict),
        // Recorded histories of a store and whether they are linearizable: no part of Hull.
        .target(name: "JournalHistory", path: "Tests/JournalHistory", swiftSettings: optimized),
        .testTarget(
            name: "JournalTests", dependencies: ["Journal", "JournalHistory", "LinuxKernel", "LinuxTypes"], exclude: ["Golden"],
            swiftSettings: optimized),
        .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: strict),
        .testTarget(
            name: "ImageStoreTests",
            dependencies: [
                "Digests", "ImageLayers", "ImageSpec", "ImageStore", "ImageTrust", "Journal", "LinuxKernel", "LinuxTypes",
                "OCISpec",
                "StrictTree",
                "TarWriter",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ImageVerbsTests",
            dependencies: [
                "CommandSupport", "Digests", "ImageLayers", "ImageSpec", "ImageStore", "ImageTrust", "ImageVerbs", "JournalVerbs",
                "LinuxTypes",
                "OCISpec",
            ],
            swiftSettings: strict),
        // Random numbers that a seed repeats: no part of Hull.
        .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: strict),
        // Archives byte by byte, right ones and wrong ones: no part of Hull.
        .target(name: "TarWriter", path: "Tests/TarWriter", swiftSettings: strict),
        .testTarget(
            name: "ImageLayersTests",
            dependencies: ["CZlib", "CZstd", "Digests", "ImageLayers", "LinuxKernel", "LinuxTypes", "SeededRandom", "TarWriter"],
            swiftSettings: optimized),
        .testTarget(
            name: "LayerTreeTests", dependencies: ["CZlib", "Digests", "ImageLayers", "LinuxKernel", "LinuxTypes", "TarWriter"],
            swiftSettings: strict),
        .testTarget(name: "LinuxTypesTests", dependencies: ["LinuxTypes"], swiftSettings: strict),
        .testTarget(
            name: "InitProtocolTests", dependencies: ["InitProtocol", "LinuxTypes", "SeededRandom"], swiftSettings: strict),
        .testTarget(
            name: "ContainerRuntimeTests",
            dependencies: [
                "Cgroups", "ContainerRuntime", "InitProtocol", "Journal", "LinuxKernel", "LinuxTypes", "OCISpec", "SeccompFilter",
                "StrictTree",
            ], swiftSettings: strict),
        // Facts about the kernel, each checked in a process of its own by KernelTests.
        .executableTarget(
            name: "kernel-facts",
            dependencies: [
                "CLinux", "ContainerInit", "ContainerLogs", "ContainerRuntime", "InitProtocol", "Journal", "JournalHistory",
                "LinuxKernel", "LinuxTypes", "Netlink", "OCISpec", "PodNetwork", "PodRecords", "SeccompFilter",
            ],
            path: "Tests/kernel-facts", swiftSettings: strict),
        .testTarget(name: "KernelTests", dependencies: ["hull-init", "kernel-facts"], swiftSettings: strict),
        .testTarget(
            name: "CommandSupportTests",
            dependencies: ["CommandSupport", "ContainerRuntime", "LinuxTypes", "OCISpec", "StrictTree"], swiftSettings: strict),
        .testTarget(
            name: "JournalVerbsTests",
            dependencies: ["CommandSupport", "Journal", "JournalVerbs", "LinuxTypes", "StrictTree"], swiftSettings: strict),
        .testTarget(
            name: "YAMLTreeTests", dependencies: ["SeededRandom", "StrictTree", "YAMLTree"], swiftSettings: strict),
        .testTarget(
            name: "KeeperTests",
            dependencies: [
                "InitProtocol", "Keeper", "KeeperProtocol", "LinuxKernel", "LinuxTypes", "PodRecords", "SeededRandom",
            ],
            swiftSettings: optimized),
        .testTarget(
            name: "PodRecordsTests",
            dependencies: ["Journal", "LinuxKernel", "LinuxTypes", "PodRecords", "SeededRandom", "StrictTree"],
            swiftSettings: strict),
        .testTarget(
            name: "PodSandboxTests",
            dependencies: [
                "CommandSupport", "ImageSpec", "LinuxKernel", "LinuxTypes", "Netlink", "OCISpec", "PodNetwork", "PodRecords",
                "PodSandbox", "PodSpec", "PodVerbs", "SeccompFilter", "SeededRandom", "StrictTree", "YAMLTree",
            ], swiftSettings: strict),
        .testTarget(
            name: "PodSpecTests", dependencies: ["LinuxTypes", "PodSpec", "SeededRandom", "StrictTree"], exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(name: "StrictTreeTests", dependencies: ["StrictTree"], swiftSettings: strict),
        .testTarget(
            name: "OCISpecTests", dependencies: ["LinuxTypes", "OCISpec", "SeededRandom", "StrictTree"], exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "ImageSpecTests", dependencies: ["Digests", "ImageSpec", "OCISpec", "SeededRandom", "StrictTree"],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "ImageTrustTests", dependencies: ["Digests", "ImageSpec", "ImageTrust", "OCISpec", "StrictTree"],
            exclude: ["Fixtures"], swiftSettings: strict),

        // The life ring: real binaries, real containers, and the program that reports what a container sees.
        .executableTarget(
            name: "container-probe", path: "Tests/container-probe",
            linkerSettings: [.unsafeFlags(["-static-executable"])]),
        .testTarget(name: "LifeTests", dependencies: ["container-probe"], exclude: ["README.md"], swiftSettings: strict),
    ]
)
