import StrictTree

extension DNSConfig {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .dnsConfig, report)
        let nameservers = fields.elements("nameservers").compactMap { place in
            fields.text(place).flatMap { fields.checked($0, at: place, .address, "address") }
        }
        let searches = fields.elements("searches").compactMap { place in
            fields.text(place).flatMap { fields.checked($0, at: place, .searchDomain, "search domain") }
        }
        if nameservers.count > 3, let place = fields.value("nameservers") {
            report.refuse(place, "there are \(nameservers.count) name servers, more than 3")
        }
        // As one line of resolv.conf, with the blanks between them.
        let length = searches.reduce(-1) { $0 + $1.utf8.count + 1 }
        if searches.count > 32 || length > 2048, let place = fields.value("searches") {
            report.refuse(place, "there are more than 32 search domains, or more than 2048 bytes of them")
        }
        self.init(
            nameservers: nameservers, searches: searches, options: fields.list("options", DNSOption.init(reading:_:)))
    }
}

extension DNSOption {
    init?(reading value: Value, _ report: Report) {
        let fields = FieldReader(value, .dnsOption, report)
        let text = fields.text("value")
        guard let name = fields.required("name").flatMap(fields.text) else { return nil }
        // A line of resolv.conf is split at blanks: these would make options of their own.
        for part in [name, text ?? "x"] where part.isEmpty || part.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) {
            report.refuse(value, "'\(part)' is no option of resolv.conf: expected characters without blanks")
            return nil
        }
        self.init(name: name, value: text)
    }
}
