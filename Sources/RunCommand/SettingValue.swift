import Console
import ContainerImage

/// A setting that is written the same on the command line and in `config.json`.
protocol SettingValue {
    /// What is expected, for messages.
    static var grammar: String { get }

    /// Nil when the text is no such value.
    init?(parsing text: String)
}

extension ParsedArguments {
    /// All values of an option, understood.
    func values<Value: SettingValue>(_ name: String, as type: Value.Type) throws(UsageError) -> [Value] {
        try values(name).map { text throws(UsageError) in
            guard let value = Value(parsing: text) else {
                throw .invalidValue(name, text, expected: Value.grammar)
            }
            return value
        }
    }

    /// The value that was given last for an option, understood.
    func value<Value: SettingValue>(_ name: String, as type: Value.Type) throws(UsageError) -> Value? {
        try values(name, as: type).last
    }
}

extension JSONField {
    /// The setting that stands here as a string or a number.
    func setting<Value: SettingValue>(_ type: Value.Type) throws(JSONError) -> Value? {
        if case .number(let digits) = value {
            guard let setting = Value(parsing: digits) else { throw invalid("'\(digits)': expected \(Value.grammar)") }
            return setting
        }
        guard let text = try string() else { return nil }
        guard let setting = Value(parsing: text) else { throw invalid("'\(text)': expected \(Value.grammar)") }
        return setting
    }

    /// The settings in the array that stands here.
    func settings<Value: SettingValue>(_ type: Value.Type) throws(JSONError) -> [Value] {
        try (elements() ?? []).map { field throws(JSONError) in
            guard let setting = try field.setting(type) else { throw .missing(field: field.path) }
            return setting
        }
    }
}
