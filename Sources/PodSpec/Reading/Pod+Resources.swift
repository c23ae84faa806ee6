import StrictTree

extension Pod.Spec {
    /// Resources of the whole pod hold beside those of its containers: none of these has more, and all together are not promised more.
    mutating func readResources(_ fields: FieldReader) {
        guard let place = fields.value("resources"), let asked = ResourceRequirements(reading: place, fields.report) else {
            return
        }
        resources = asked
        if asked.limits.ephemeralStorage != nil {
            fields.report.refuse(place, "a pod's resources are cpu, memory and huge pages: limit the storage of its containers")
        }
        for (name, amount) in [("cpu", \ResourceList.cpu), ("memory", \ResourceList.memory)]
            as [(String, KeyPath<ResourceList, Quantity?>)]
        {
            for (container, element) in zip(allContainers, fields.elements("initContainers") + fields.elements("containers")) {
                guard let limit = asked.limits[keyPath: amount], let own = container.resources.limits[keyPath: amount],
                    own > limit
                else { continue }
                fields.report.refuse(
                    element, "the limit of \(name), \(own), is above the pod's, \(limit), which 'spec.resources' says")
            }
            let sum = containers.compactMap { $0.resources.requests[keyPath: amount]?.nano }.reduce(0, +)
            guard let request = asked.requests[keyPath: amount], sum > request.nano else { continue }
            fields.report.refuse(
                place,
                "the containers' requests of \(name) are \(Quantity(nano: sum, format: request.format)) together, more than the pod's, \(request)"
            )
        }
    }
}
