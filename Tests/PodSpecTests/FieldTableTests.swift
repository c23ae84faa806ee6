import Foundation
import PodSpec
import StrictTree
import Testing

/// The tables of fields are those of Kubernetes, no more and no less, and each row does what it says.
@Suite struct FieldTableTests {
    private static let volume: [PathStep] = [.key("spec"), .key("volumes"), .first]
    private static let projection: [PathStep] = volume + [.key("projected"), .key("sources"), .first]
    private static let variable: [PathStep] = [.key("spec"), .key("containers"), .first, .key("env"), .first]

    /// Where an object of each type stands in a pod.
    static let places: [String: [PathStep]] = [
        "core.v1.Pod": [],
        "meta.v1.ObjectMeta": [.key("metadata")],
        "core.v1.PodSpec": [.key("spec")],
        "core.v1.PodOS": [.key("spec"), .key("os")],
        "core.v1.HostAlias": [.key("spec"), .key("hostAliases"), .first],
        "core.v1.PodDNSConfig": [.key("spec"), .key("dnsConfig")],
        "core.v1.PodDNSConfigOption": [.key("spec"), .key("dnsConfig"), .key("options"), .first],
        "core.v1.PodSecurityContext": [.key("spec"), .key("securityContext")],
        "core.v1.Sysctl": [.key("spec"), .key("securityContext"), .key("sysctls"), .first],
        "core.v1.SeccompProfile": [.key("spec"), .key("securityContext"), .key("seccompProfile")],
        "core.v1.AppArmorProfile": [.key("spec"), .key("securityContext"), .key("appArmorProfile")],
        "core.v1.SELinuxOptions": [.key("spec"), .key("securityContext"), .key("seLinuxOptions")],
        "core.v1.Container": [.key("spec"), .key("containers"), .first],
        "core.v1.EnvVar": [.key("spec"), .key("containers"), .first, .key("env"), .first],
        "core.v1.EnvVarSource": Self.variable + [.key("valueFrom")],
        "core.v1.ConfigMapKeySelector": Self.variable + [.key("valueFrom"), .key("configMapKeyRef")],
        "core.v1.SecretKeySelector": Self.variable + [.key("valueFrom"), .key("secretKeyRef")],
        "core.v1.ObjectFieldSelector": Self.variable + [.key("valueFrom"), .key("fieldRef")],
        "core.v1.ResourceFieldSelector": Self.variable + [.key("valueFrom"), .key("resourceFieldRef")],
        "core.v1.EnvFromSource": [.key("spec"), .key("containers"), .first, .key("envFrom"), .first],
        "core.v1.ConfigMapEnvSource": [.key("spec"), .key("containers"), .first, .key("envFrom"), .first, .key("configMapRef")],
        "core.v1.SecretEnvSource": [.key("spec"), .key("containers"), .first, .key("envFrom"), .first, .key("secretRef")],
        "core.v1.ContainerPort": [.key("spec"), .key("containers"), .first, .key("ports"), .first],
        "core.v1.VolumeMount": [.key("spec"), .key("containers"), .first, .key("volumeMounts"), .first],
        "core.v1.ResourceRequirements": [.key("spec"), .key("containers"), .first, .key("resources")],
        "core.v1.ContainerResizePolicy": [.key("spec"), .key("containers"), .first, .key("resizePolicy"), .first],
        "core.v1.SecurityContext": [.key("spec"), .key("containers"), .first, .key("securityContext")],
        "core.v1.Capabilities": [.key("spec"), .key("containers"), .first, .key("securityContext"), .key("capabilities")],
        "core.v1.Volume": [.key("spec"), .key("volumes"), .first],
        "core.v1.EmptyDirVolumeSource": [.key("spec"), .key("volumes"), .first, .key("emptyDir")],
        "core.v1.HostPathVolumeSource": [.key("spec"), .key("volumes"), .first, .key("hostPath")],
        "core.v1.ConfigMapVolumeSource": Self.volume + [.key("configMap")],
        "core.v1.SecretVolumeSource": Self.volume + [.key("secret")],
        "core.v1.DownwardAPIVolumeSource": Self.volume + [.key("downwardAPI")],
        "core.v1.DownwardAPIVolumeFile": Self.volume + [.key("downwardAPI"), .key("items"), .first],
        "core.v1.ProjectedVolumeSource": Self.volume + [.key("projected")],
        "core.v1.VolumeProjection": Self.projection,
        "core.v1.ConfigMapProjection": Self.projection + [.key("configMap")],
        "core.v1.SecretProjection": Self.projection + [.key("secret")],
        "core.v1.DownwardAPIProjection": Self.projection + [.key("downwardAPI")],
        "core.v1.KeyToPath": Self.volume + [.key("configMap"), .key("items"), .first],
        "core.v1.PersistentVolumeClaimVolumeSource": Self.volume + [.key("persistentVolumeClaim")],
        "core.v1.ImageVolumeSource": Self.volume + [.key("image")],
        "core.v1.ConfigMap": [],
        "core.v1.Secret": [],
        "core.v1.PersistentVolumeClaim": [],
        "core.v1.PersistentVolumeClaimSpec": [.key("spec")],
        "core.v1.VolumeResourceRequirements": [.key("spec"), .key("resources")],
    ]

    /// What stands in no pod, with the kind of its document.
    static let kinds = [
        "core.v1.ConfigMap": "ConfigMap", "core.v1.Secret": "Secret", "core.v1.PersistentVolumeClaim": "PersistentVolumeClaim",
        "core.v1.PersistentVolumeClaimSpec": "PersistentVolumeClaim",
        "core.v1.VolumeResourceRequirements": "PersistentVolumeClaim",
    ]

    private func document(_ table: FieldTable, _ name: StaticString, _ value: Any) throws -> Any {
        object(
            settingAt: try #require(Self.places["\(table.definition)"]), "\(name)", to: value,
            kind: Self.kinds["\(table.definition)"] ?? "Pod")
    }

    static let types = (try? KubernetesFields()) ?? KubernetesFields(rows: [:])

    @Test func `each field that a pod can have has a row, and each row is a field`() throws {
        var seen: Set<String> = []
        var upcoming = ["core.v1.Pod", "core.v1.ConfigMap", "core.v1.Secret", "core.v1.PersistentVolumeClaim"]
        while let definition = upcoming.popLast() {
            guard seen.insert(definition).inserted else { continue }
            let fields = try #require(Self.types.rows[definition])
            let table = try #require(FieldTable.all.first { "\($0.definition)" == definition }, "no table of \(definition)")
            #expect(table.rows.map { "\($0.name)" } == fields.keys.sorted(), "\(definition)")
            // What stands below a field that is refused or inert is so with it.
            for row in table.rows where row.status == .enforced {
                let type = fields["\(row.name)"]?.replacing("[]", with: "") ?? ""
                if Self.types.rows[type] != nil { upcoming.append(type) }
            }
            for row in table.rows where row.status != .enforced {
                #expect("\(row.remark)" != "", "\(definition).\(row.name) is \(row.status) without a reason")
            }
        }
        #expect(seen == Set(FieldTable.all.map { "\($0.definition)" }))
        #expect(Set(Self.places.keys) == seen)
    }

    @Test func `a field that is enforced is read: of another type it is an error`() throws {
        for table in FieldTable.all {
            let place = try #require(Self.places["\(table.definition)"])
            for row in table.rows where row.status == .enforced {
                let type = Self.types.rows["\(table.definition)"]?["\(row.name)"] ?? ""
                let wrong: Any = type.hasPrefix("integer") || type == "resource.Quantity" ? "x" : 7
                let path = pathText(place + [.key("\(row.name)")])
                let found = problemsOf(try document(table, row.name, wrong))
                #expect(found.contains { $0.path == path }, "\(path): \(found)")
            }
        }
    }

    @Test func `a field that is refused is an error with its reason, unless it is empty`() throws {
        for table in FieldTable.all {
            let place = try #require(Self.places["\(table.definition)"])
            for row in table.rows where row.status == .refused {
                let path = pathText(place + [.key("\(row.name)")])
                let found = problemsOf(try document(table, row.name, ["x": 1]))
                #expect(found.contains { $0.path == path && $0.message == "\(row.remark)" }, "\(path): \(found)")
                for empty in [NSNull(), [Any]()] as [Any] {
                    let found = problemsOf(try document(table, row.name, empty))
                    #expect(!found.contains { $0.path == path }, "\(path): \(found)")
                }
            }
        }
    }

    @Test func `a field that is inert is accepted and noted`() throws {
        for table in FieldTable.all {
            let place = try #require(Self.places["\(table.definition)"])
            for row in table.rows where row.status == .inert {
                let path = pathText(place + [.key("\(row.name)")])
                let json = try JSONSerialization.data(withJSONObject: try document(table, row.name, ["x": 1]))
                let manifest = try Manifest.read([UInt8](json), name: "p", needsPod: false)
                let notes =
                    manifest.entries.flatMap(\.notes) + manifest.documents.flatMap(\.notes) + manifest.claims.flatMap(\.notes)
                #expect(notes.map(\.path) == [path])
                #expect(notes.map(\.message) == ["\(row.remark)"])
                guard let pod = manifest.pods.first else { continue }
                // Who looks at the pod later still sees it.
                #expect(String(decoding: pod.json, as: UTF8.self).contains("\"\(row.name)\":{\"x\":1}"))
            }
        }
    }

    private func problemsOf(_ object: Any) -> [Problem] {
        do {
            _ = try Manifest.read([UInt8](try JSONSerialization.data(withJSONObject: object)), name: "p", needsPod: false)
            return []
        } catch let error as ManifestError {
            return error.problems
        } catch {
            Issue.record(error)
            return []
        }
    }
}

enum PathStep: Equatable {
    case key(String)
    case first
}

func pathText(_ path: [PathStep]) -> String {
    path.reduce(into: "") { text, step in
        switch step {
        case .key(let key): text += (text.isEmpty ? "" : ".") + key
        case .first: text += "[0]"
        }
    }
}

/// A pod with an object of each type, each as small as it can be, or another document; and one member of one of them set.
func object(settingAt place: [PathStep], _ name: String, to value: Any, kind: String = "Pod") -> Any {
    let container: [String: Any] = ["name": "c", "image": "i", "resources": [String: Any](), "securityContext": [String: Any]()]
    var document: [String: Any] = ["apiVersion": "v1", "kind": kind, "metadata": ["name": "p"]]
    switch kind {
    case "Pod": document["spec"] = ["containers": [container]]
    case "PersistentVolumeClaim": document["spec"] = [String: Any]()
    default: break
    }
    return set(document, place[...], name, value)
}

private func set(_ tree: Any?, _ place: ArraySlice<PathStep>, _ name: String, _ value: Any) -> Any {
    switch place.first {
    case nil:
        var object = tree as? [String: Any] ?? [:]
        object[name] = value
        return object
    case .key(let key):
        var object = tree as? [String: Any] ?? [:]
        object[key] = set(object[key], place.dropFirst(), name, value)
        return object
    case .first:
        var list = tree as? [Any] ?? [[String: Any]()]
        list[0] = set(list[0], place.dropFirst(), name, value)
        return list
    }
}

/// The rows of Kubernetes' `fields.tsv` that a pod reaches: type by field by definition.
struct KubernetesFields {
    var rows: [String: [String: String]]

    init(rows: [String: [String: String]]) { self.rows = rows }

    init() throws {
        rows = [:]
        let text = String(decoding: try Fixtures.bytes("fields.tsv"), as: UTF8.self)
        for line in text.split(separator: "\n").dropFirst() {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            rows[columns[0], default: [:]][columns[1]] = columns[2]
        }
    }
}
