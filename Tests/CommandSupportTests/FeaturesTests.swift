import ContainerRuntime
import OCISpec
import StrictTree
import Testing

@Suite struct FeaturesTests {
    @Test func theDocumentIsWhatTheSchemaNames() throws {
        let root = try Document(json: Runtime.features().json()).root
        #expect(try root.member("ociVersionMax")?.string == "1.3.0")
        #expect(try root.member("hooks")?.strings.count == 6)
        let linux = try #require(try root.member("linux"))
        #expect(try linux.member("namespaces")?.strings == ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"])
        #expect(try linux.member("capabilities")?.strings.contains("CAP_SYS_ADMIN") == true)
        #expect(try linux.member("seccomp")?.member("archs")?.strings.contains("SCMP_ARCH_X86_64") == true)
    }

    @Test(arguments: ["src-nofollow", "copy-symlink"]) func optionsThatAreRefusedAreNotNamed(
        _ option: String
    ) throws {
        #expect(try !#require(Runtime.features().mountOptions).contains(option))
    }

    @Test(arguments: [
        "bind", "rbind", "ro", "rro", "rprivate", "nosymfollow", "relatime", "rnostrictatime", "tmpcopyup", "ridmap",
    ])
    func optionsThatAreHonouredAreNamed(_ option: String) throws {
        #expect(try #require(Runtime.features().mountOptions).contains(option))
    }

    @Test func notifyIsNotPromised() throws {
        let actions = try #require(Runtime.features().linux?.seccomp?.actions)
        #expect(!actions.contains(.notify))
        #expect(actions.contains(.killProcess))
    }
}
