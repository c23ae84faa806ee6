/// `$(VAR)` in a container's command, arguments and environment (`defaults.md`, section 5).
///
/// `$$` is a dollar sign, so `$$(VAR)` stays `$(VAR)`; a variable that is not there stays as written, and what is put in is not looked at again.
public enum Expansion {
    /// `value` knows the variables so far; nil for one that is not there.
    public static func expand(_ text: String, _ value: (String) -> String?) -> String {
        let source = Array(text.utf8)
        let dollar = UInt8(ascii: "$")
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var index = 0
        // Behind it no reference is closed, and nothing is looked for.
        let lastClose = source.lastIndex(of: UInt8(ascii: ")")) ?? 0
        while index < source.count {
            guard source[index] == dollar, index + 1 < source.count else {
                result.append(source[index])
                index += 1
                continue
            }
            if source[index + 1] == dollar {
                result.append(dollar)
                index += 2
            } else if source[index + 1] == UInt8(ascii: "("), index < lastClose,
                let close = source[index...].firstIndex(of: UInt8(ascii: ")"))
            {
                let reference = source[index...close]
                let name = String(decoding: reference.dropFirst(2).dropLast(), as: UTF8.self)
                if let found = value(name) { result.append(contentsOf: found.utf8) } else { result.append(contentsOf: reference) }
                index = close + 1
            } else {
                result.append(dollar)
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The environment of a container in order, each value expanded with those before it; a later variable replaces an earlier one with its name.
    ///
    /// `inherited` is what stands before `env`, as the image's: it is seen by references and not expanded itself.
    public static func environment(
        _ variables: [EnvironmentVariable], inherited: [EnvironmentVariable] = []
    ) -> [EnvironmentVariable] {
        var result: [EnvironmentVariable] = []
        var places: [String: Int] = [:]
        func put(_ variable: EnvironmentVariable) {
            if let place = places[variable.name] {
                result[place] = variable
            } else {
                places[variable.name] = result.count
                result.append(variable)
            }
        }
        for variable in inherited { put(variable) }
        for variable in variables {
            let value = expand(variable.value) { name in places[name].map { result[$0].value } }
            put(EnvironmentVariable(name: variable.name, value: value))
        }
        return result
    }
}
