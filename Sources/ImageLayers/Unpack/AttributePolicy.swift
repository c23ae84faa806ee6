import LinuxTypes

/// Which extended attributes an archive may give to a file: what is the file's own. Not what the kernel believes (`trusted.*`, and `user.overlay.*`, which
/// is what overlayfs believes in a user namespace), and not what the host's policy decides (`security.selinux`, `security.ima`, …).
enum AttributePolicy {
    static func isKept(_ name: [UInt8], type: FileType) -> Bool {
        switch String(decoding: name, as: UTF8.self) {
        case "security.capability": return type == .regular
        case "system.posix_acl_access": return type != .symbolicLink
        case "system.posix_acl_default": return type == .directory
        default: break
        }
        // Names of more than 255 bytes there are not. The kernel lets files and directories alone have `user` attributes.
        return name.starts(with: "user.".utf8) && name.count > 5 && name.count <= 255 && !name.starts(with: "user.overlay.".utf8)
            && (type == .regular || type == .directory)
    }
}
