import ContainerImage
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Registry

/// Tags in pages, warnings, and what is said of limits.
@Suite struct RegistryWordsTests {
    @Test func tagsComeInPages() throws {
        let server = try ScriptedServer { request, _ in
            switch request.path {
            case "/v2/a/b/tags/list?n=1000":
                .init(
                    headers: [("Link", #"</v2/a/b/tags/list?n=1000&last=2>; rel="next""#)],
                    body: Array(#"{"name":"a/b","tags":["1","2"]}"#.utf8))
            case "/v2/a/b/tags/list?n=1000&last=2":
                .init(
                    headers: [("Link", "<list?last=3>; rel=next")],
                    body: Array(#"{"name":"a/b","tags":["3"]}"#.utf8))
            case "/v2/a/b/tags/list?last=3": .init(body: Array(#"{"name":"a/b","tags":null}"#.utf8))
            default: .init(status: 400)
            }
        }
        #expect(try server.client().tags() == ["1", "2", "3"])
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [
        "<https://elsewhere.example/v2/a/b/tags/list>; rel=\"next\"", "</v2/a/b/tags/list?n=1000>; rel=\"next\"",
    ])
    func theNextPageIsOnTheSameServerAndAnother(_ link: String) throws {
        let server = try ScriptedServer { _, _ in
            .init(headers: [("Link", link)], body: Array(#"{"tags":["1"]}"#.utf8))
        }
        #expect(throws: RegistryError.self) { try server.client().tags() }
        #expect(server.requests.count == 1)
    }

    @Test func endlessPagesEnd() throws {
        let many = (0..<100_000).map { "\"\($0)\"" }.joined(separator: ",")
        let server = try ScriptedServer { _, number in
            .init(
                headers: [("Link", "</v2/a/b/tags/list?last=\(number)>; rel=\"next\"")],
                body: Array(#"{"tags":[\#(many)]}"#.utf8))
        }
        let error = #expect(throws: RegistryError.self) { try server.client().tags() }
        #expect(error?.description.contains("more than") == true)
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [(404, "not found"), (403, "refused")])
    func noTags(_ status: Int, _ words: String) throws {
        let server = try ScriptedServer { _, _ in .init(status: status) }
        let error = #expect(throws: RegistryError.self) { try server.client().tags() }
        #expect(error?.description.contains(words) == true)
    }

    @Test func aWarningIsShownOnce() throws {
        let server = try ScriptedServer { _, number in
            let more = number == 2 ? #", 299 - "another, with \"quotes\"""# : ""
            return .init(headers: [("Warning", #"299 - "this goes away""# + more)], body: [7])
        }
        let shown = Mutex<[String]>([])
        let client = try server.client(access: .quick { text in shown.withLock { $0.append(text) } })
        for name in ["1", "2", "3", "4"] { _ = try client.manifest(name) }
        #expect(
            shown.withLock { $0 } == [
                "127.0.0.1 says: this goes away", #"127.0.0.1 says: another, with "quotes""#,
            ])
    }

    @Test func warningsAreFewAndShort() {
        let shown = Mutex<[String]>([])
        let log = WarningLog { text in shown.withLock { $0.append(text) } }
        for number in 0..<100 { log.note("\(number) " + String(repeating: "x", count: 10_000)) }
        #expect(shown.withLock { $0.count } == 10 && shown.withLock { $0.allSatisfy { $0.count == 500 } })
    }

    @Test(arguments: [
        (["ratelimit-remaining": "0;w=21600", "ratelimit-limit": "100;w=21600"], " (0 of 100 left in 6 h)"),
        (["ratelimit-remaining": "7"], " (7 left)"), (["ratelimit-remaining": "x"], ""), ([:], ""),
        (["ratelimit-remaining": "1;w=99999999999999999999"], " (1 left in 277778 h)"),
    ])
    func tellsWhatIsLeft(_ headers: [String: String], _ expected: String) {
        #expect(RegistryClient.rateLimit(of: HTTPResponse(status: 429, headers: headers)) == expected)
    }

    @Test func aLimitThatIsReachedIsExplained() throws {
        let server = try ScriptedServer { _, _ in
            .init(
                status: 429, headers: [("RateLimit-Remaining", "0;w=21600"), ("RateLimit-Limit", "100;w=21600")],
                body: Array(#"{"errors":[{"code":"TOOMANYREQUESTS","message":"pull rate limit"}]}"#.utf8))
        }
        let error = #expect(throws: RegistryError.self) { try server.client().manifest("1") }
        let words = "\(try #require(error))"
        #expect(words.contains("pull rate limit (0 of 100 left in 6 h)") && words.contains("d-login"), "\(words)")
    }

    /// The server asks for two hours: the reason is told at once.
    @Test(arguments: [429, 503])
    func tooLongAWaitIsNotBegun(_ status: Int) throws {
        let server = try ScriptedServer { _, _ in .init(status: status, headers: [("Retry-After", "7200")]) }
        let error = #expect(throws: RegistryError.self) { try server.client().manifest("1") }
        let words = "\(try #require(error))"
        #expect(words.contains("7200 s") && words.contains("--max-wait") && words.contains("\(status)"), "\(words)")
        #expect(server.requests.count == 1)
    }
}
