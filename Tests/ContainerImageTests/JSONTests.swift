import Foundation
import Testing

@testable import ContainerImage

private func parse(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

@Suite struct JSONTests {
    @Test(arguments: [
        (#"null"#, JSON.null), (" true\n", .bool(true)), ("-0.5e+10", .number("-0.5e+10")),
        ("123456789012345678901234567890", .number("123456789012345678901234567890")), ("1E400", .number("1E400")),
        (#""a\"\\\/\b\f\n\r\t\u00e9""#, .string("a\"\\/\u{8}\u{c}\n\r\té")), (#""\ud83d\ude00""#, .string("😀")),
        (#""\ud83d""#, .string("\u{fffd}")), (#""\ud83dx""#, .string("\u{fffd}x")),
        (#""\udc00\ud800\u0041""#, .string("\u{fffd}\u{fffd}A")),
        ("[]", .array([])), ("{ }", .object([])), ("\u{feff}1", .number("1")),
        (#"{"b":1,"a":[{}]}"#, .object([.init("b", .number("1")), .init("a", .array([.object([])]))])),
    ])
    func parses(_ text: String, _ expected: JSON) throws {
        #expect(try parse(text) == expected)
    }

    @Test(arguments: [
        "", " ", "nul", "tru", "[1,]", "[1 2]", "{1:2}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "01", "1.", "-", ".5",
        "1e",
        "+1", "\"", "\"\n\"", #""\x""#, #""\u12""#, "[", "{", "]", "1 1", "'a'", "NaN", "/**/1", "\u{1}",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func anErrorTellsThePlace() {
        #expect(throws: JSONError.syntax(found: "'}'", expected: "a value", line: 2, column: 8)) {
            try parse("{\n  \"a\": }")
        }
        #expect(throws: JSONError.syntax(found: "the end", expected: "',' or ']'", line: 1, column: 3)) {
            try parse("[1")
        }
    }

    @Test func nestingIsBounded() throws {
        let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        #expect(throws: Never.self) { try parse(deep) }
        #expect(throws: JSONError.tooDeep(line: 1)) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.tooDeep(line: 1)) { try parse("[" + deep + "]") }
    }

    @Test func whatIsNotChangedStaysAsItWas() throws {
        let text = """
            {
              "zeta": 12345678901234567890123,
              "Env": [
                "A=\\"x\\"",
                "B=\\u001b[31m"
              ],
              "none": null,
              "empty": {},
              "list": [],
              "float": 1.50
            }
            """
        #expect(try parse(text).prettyPrinted == text)
    }

    @Test func agreesWithFoundationOnTruncationsAndMutations() throws {
        let text = Array(#"{"a":[1,-2.5e3,true,false,null,"x\u00e9\n"],"b":{"c":""}}"#.utf8)
        for position in text.indices {
            for byte in Array(" \"\\{}[]:,0x".utf8) + [0, 0x80] {
                var mutated = text
                mutated[position] = byte
                let ours = (try? JSON(parsing: mutated)) != nil
                let theirs = (try? JSONSerialization.jsonObject(with: Data(mutated), options: .fragmentsAllowed)) != nil
                // Bytes that are no UTF-8 and NUL are where the two may differ: ours repairs, as Go's parser does.
                if byte != 0x80 { #expect(ours == theirs, "\(String(decoding: mutated, as: UTF8.self))") }
            }
            #expect((try? JSON(parsing: Array(text[..<position]))) == nil)
        }
    }

    @Test func fieldsNameTheirPath() throws {
        let root = JSONField(try parse(#"{"config":{"Env":["A=1",2],"User":5,"Cmd":null}}"#))
        #expect(throws: JSONError.wrongType(field: "config.Env[1]", found: "a number", expected: "a string")) {
            try root["config"]["Env"].strings()
        }
        #expect(throws: JSONError.wrongType(field: "config.User", found: "a number", expected: "a string")) {
            try root["config"]["User"].string()
        }
        #expect(try root["config"]["Cmd"].strings() == nil)
        #expect(try root["no"]["such"].string() == nil)
        #expect(throws: JSONError.missing(field: "no.such")) { try root["no"]["such"].required(JSONField.string) }
    }
}
