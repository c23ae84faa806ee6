import StrictTree

extension HostAlias {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .hostAlias, report)
        let address = fields.required("ip").flatMap { place in
            fields.text(place).flatMap { fields.checked($0, at: place, .address, "address") }
        }
        let names = fields.elements("hostnames").compactMap { place in
            fields.text(place).flatMap { fields.checked($0, at: place, .subdomain, "host name") }
        }
        guard let address else { return nil }
        self.init(ip: address, hostnames: names)
    }
}
