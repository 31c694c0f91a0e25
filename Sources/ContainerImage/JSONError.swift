/// A text is no JSON, or a document's field is not what it should be.
public enum JSONError: Error, Equatable, CustomStringConvertible {
    /// The text stops being JSON at this byte of this line (both counted from 1).
    case syntax(found: String, expected: String, line: Int, column: Int)
    /// More than 128 arrays and objects inside each other.
    case tooDeep(line: Int)
    /// A field has another type than the format says.
    case wrongType(field: String, found: String, expected: String)
    /// A required field is absent or null.
    case missing(field: String)
    /// A field has the right type, but a value that cannot be used.
    case invalid(field: String, reason: String)

    /// One sentence with the field or the place.
    public var description: String {
        switch self {
        case .syntax(let found, let expected, let line, let column):
            "not JSON: line \(line), column \(column): found \(found), expected \(expected)"
        case .tooDeep(let line): "JSON nested deeper than \(JSONParser.depthLimit) levels in line \(line)"
        case .wrongType(let field, let found, let expected): "\(field): found \(found), expected \(expected)"
        case .missing(let field): "\(field) is missing"
        case .invalid(let field, let reason): "\(field): \(reason)"
        }
    }
}
