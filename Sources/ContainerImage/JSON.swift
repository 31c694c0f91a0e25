/// A JSON value (RFC 8259) that keeps what it was made from: the order of keys, unknown keys, and numbers as they were
/// written, so that a document can be changed in one place and written back.
///
/// Of two equal keys the last counts, as in most parsers.
public enum JSON: Equatable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// The digits as they stand in the text.
    case number(String)
    /// Decoded; an unpaired surrogate became U+FFFD.
    case string(String)
    /// `[...]`
    case array([JSON])
    /// `{...}`, in the order of the text.
    case object([Member])

    /// A key and its value.
    public struct Member: Equatable, Sendable {
        /// The key, decoded.
        public let key: String
        /// The value.
        public var value: JSON

        /// A member of an object.
        public init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// Parses a whole text. Throws `JSONError` with the byte where it goes wrong; nesting is limited to 128 levels.
    public init(parsing text: [UInt8]) throws(JSONError) {
        var parser = JSONParser(text: text)
        self = try parser.document()
    }

    /// The value of `key`, or nil when this is no object or has no such key.
    public subscript(_ key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// What the value is, for messages: `a string`, `an array`.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
