internal import LinuxKernel
internal import LinuxTypes

/// `compile` in a child process: libseccomp comes to no end for a few sets of rules, and takes more and more memory for others. The caller must be
/// single-threaded. Throws as `compile` does, and `unfinished` where `seconds` or the memory were not enough.
public func compileInChild(_ profile: Profile, seconds: Int = 30) throws(SeccompError) -> Filter {
    let key = CacheKey(profile)
    let outcome: BoundedWork.Outcome
    do throws(KernelError) {
        outcome = try BoundedWork(seconds: seconds, memory: 1 << 30).run(limit: 4 << 20) { answer(profile, key) }
    } catch { throw .kernel(error) }
    switch outcome {
    case .answered(let bytes): return try filter(bytes, key)
    case .killed: throw .unfinished(reason: "within \(seconds) s and 1 GiB")
    case .ended(.exited(let code)): throw .unfinished(reason: "but ended with code \(code)")
    case .ended(.signaled(let signal, _)):
        throw .unfinished(reason: "but crashed by \(signal.name), it may have had no memory left")
    }
}

private func answer(_ profile: Profile, _ key: CacheKey) -> [UInt8] {
    do throws(SeccompError) {
        return [1] + CacheEntry.encode(try compile(profile), key: key)
    } catch {
        return [0] + error.encoded
    }
}

private func filter(_ answer: [UInt8], _ key: CacheKey) throws(SeccompError) -> Filter {
    let isFilter = answer.first == 1
    let bytes = Array(answer.dropFirst())
    if isFilter, let filter = bytes.withUnsafeBytes({ CacheEntry.decode($0, key: key) }) { return filter }
    if !isFilter, let error = bytes.withUnsafeBytes(SeccompError.init(decoding:)) { throw error }
    throw .unfinished(reason: "in a form that can be read")
}
