/// A place in a JSON document together with its path, so that an error can name the field: `config.Env[3]`.
///
/// The readers return nil where the field is absent or null, as the Go programs that write these documents leave out
/// or null what is empty, and throw `JSONError.wrongType` where it is something else.
public struct JSONField: Sendable {
    /// The way from the document's root, `config.Env[3]`; empty for the root.
    public let path: String
    /// What stands there; nil when nothing does, or null.
    public let value: JSON?

    /// The root of a document.
    public init(_ root: JSON) {
        self.init(path: "", value: root)
    }

    private init(path: String, value: JSON?) {
        self.path = path
        self.value = value == .null ? nil : value
    }

    /// The field of this name below.
    public subscript(_ key: String) -> JSONField {
        JSONField(path: path.isEmpty ? key : "\(path).\(key)", value: value?[key])
    }

    /// The string that stands here.
    public func string() throws(JSONError) -> String? {
        guard let value else { return nil }
        guard case .string(let string) = value else { throw wrongType("a string") }
        return string
    }

    /// The boolean that stands here.
    public func bool() throws(JSONError) -> Bool? {
        guard let value else { return nil }
        guard case .bool(let bool) = value else { throw wrongType("true or false") }
        return bool
    }

    /// The whole number that stands here.
    public func integer() throws(JSONError) -> Int64? {
        guard let value else { return nil }
        guard case .number(let digits) = value, let integer = Int64(digits) else { throw wrongType("a whole number") }
        return integer
    }

    /// The fields of the array that stands here.
    public func elements() throws(JSONError) -> [JSONField]? {
        guard let value else { return nil }
        guard case .array(let elements) = value else { throw wrongType("an array") }
        return elements.enumerated().map { JSONField(path: "\(path)[\($0.offset)]", value: $0.element) }
    }

    /// The strings of the array that stands here.
    public func strings() throws(JSONError) -> [String]? {
        try elements()?.map { field throws(JSONError) in
            try field.required(JSONField.string)
        }
    }

    /// The members of the object that stands here, in the order of the text.
    public func members() throws(JSONError) -> [(key: String, field: JSONField)]? {
        guard let value else { return nil }
        guard case .object(let members) = value else { throw wrongType("an object") }
        return members.map { ($0.key, JSONField(path: path.isEmpty ? $0.key : "\(path).\($0.key)", value: $0.value)) }
    }

    /// What a reader finds here, which must be something: `try field.required(JSONField.string)`.
    public func required<Value>(
        _ read: (JSONField) -> () throws(JSONError) -> Value?
    ) throws(JSONError) -> Value {
        guard let found = try read(self)() else { throw .missing(field: path) }
        return found
    }

    /// An error for a value of the right type that cannot be used.
    public func invalid(_ reason: String) -> JSONError { .invalid(field: path, reason: reason) }

    private func wrongType(_ expected: String) -> JSONError {
        .wrongType(field: path.isEmpty ? "the document" : path, found: value?.kind ?? "nothing", expected: expected)
    }
}
