import ContainerImage
import Foundation
import FoundationNetworking
import Synchronization
import TestSupport
import Testing

@testable import Registry

/// Who is told which secret, and how often, with every request that was sent.
@Suite struct AuthorizationTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A client of `server` with an entry for it in a credential file.
    private func client(_ server: ScriptedServer, entry: String, name: String = "a/b:1") throws -> RegistryClient {
        try folder.write(#"{"auths": {"\#(server.address)": {\#(entry)}}}"#, to: "config.json")
        return try server.client(name, access: .quick(["DOCKER_CONFIG": folder.path]))
    }

    private static let password = #""username": "bob", "password": "s3cret""#
    private static let basic = "Basic Ym9iOnMzY3JldA=="

    /// A registry and token server in one that takes the last token it gave.
    private func tokenServer(
        _ token: @escaping @Sendable (ScriptedServer.Request, Int) -> ScriptedServer.Answer
    ) throws -> ScriptedServer {
        let own = Mutex("")
        let count = Mutex(0)
        let server = try ScriptedServer { request, _ in
            if request.path.hasPrefix("/token") {
                return token(
                    request,
                    count.withLock {
                        $0 += 1
                        return $0
                    })
            }
            if request.headers["authorization"] == "Bearer t\(count.withLock { $0 })" { return .init(body: [7]) }
            return .init(
                status: 401,
                headers: [("WWW-Authenticate", #"Bearer realm="http://\#(own.withLock { $0 })/token",service="s""#)])
        }
        own.withLock { $0 = server.address }
        return server
    }

    private static func token(_ number: Int, _ more: String = "") -> ScriptedServer.Answer {
        .init(body: Array(#"{"token":"t\#(number)"\#(more)}"#.utf8))
    }

    @Test func basicIsSentOnceItIsAskedFor() throws {
        let server = try ScriptedServer { request, _ in
            guard request.headers["authorization"] == Self.basic else {
                return .init(status: 401, headers: [("WWW-Authenticate", #"Basic realm="x""#)])
            }
            return .init(body: [7])
        }
        let client = try client(server, entry: Self.password)
        #expect(try client.manifest("1").body == [7])
        #expect(try client.manifest("2").body == [7])
        #expect(server.requests.map { $0.headers["authorization"] } == [nil, Self.basic, Self.basic])
    }

    @Test func aRefusedPasswordIsNamedByItsFileAndNotTriedAgain() throws {
        let server = try ScriptedServer { _, _ in
            .init(status: 401, headers: [("WWW-Authenticate", #"Basic realm="x""#)], body: Array("no".utf8))
        }
        let client = try client(server, entry: Self.password)
        let error = #expect(throws: RegistryError.self) { try client.manifest("1") }
        let words = "\(try #require(error))"
        #expect(words.contains("'bob'") && words.contains(folder("config.json")) && words.contains("d-login"))
        #expect(!words.contains("s3cret"))
        #expect(server.requests.count == 2)
    }

    @Test func whoHasNoCredentialsIsToldWhereTheyWereSought() throws {
        let server = try tokenServer { _, _ in .init(status: 401, body: Array(#"{"details":"wrong"}"#.utf8)) }
        let client = try server.client(access: .quick(["DOCKER_CONFIG": folder.path]))
        let error = #expect(throws: RegistryError.self) { try client.manifest("1") }
        let words = "\(try #require(error))"
        #expect(words.contains("no credentials for \(server.address)") && words.contains(folder("config.json")))
        #expect(words.contains("d-login \(server.address)") && words.contains("wrong"))
        #expect(server.requests.count == 2)
    }

    @Test func aPasswordGoesToTheTokenServerByHeaderAlone() throws {
        let server = try tokenServer { request, number in
            request.headers["authorization"] == Self.basic ? Self.token(number) : .init(status: 401)
        }
        #expect(try client(server, entry: Self.password).manifest("1").body == [7])
        #expect(server.requests.map { $0.headers["authorization"] } == [nil, Self.basic, "Bearer t1"])
        #expect(server.requests.allSatisfy { !$0.path.contains("s3cret") && !$0.path.contains("bob") })
    }

    @Test func anIdentityTokenIsPosted() throws {
        let server = try tokenServer { request, number in
            request.method == "POST" ? .init(body: Array(#"{"access_token":"t\#(number)"}"#.utf8)) : .init(status: 400)
        }
        #expect(try client(server, entry: #""identitytoken": "id&= ä""#).manifest("1").body == [7])
        #expect(server.requests.map(\.method) == ["GET", "POST", "GET"])
        #expect(server.requests[1].path == "/token")
        #expect(
            server.requests[1].body == "grant_type=refresh_token&client_id=d-utils&refresh_token=id%26%3D%20%C3%A4"
                + "&service=s&scope=repository%3Aa%2Fb%3Apull")
    }

    @Test(arguments: [404, 405, 401])
    func aServerWithoutPostIsAskedByGet(_ status: Int) throws {
        let server = try tokenServer { request, number in
            guard request.method == "GET" else { return .init(status: status) }
            let expected = "Basic " + Data("<token>:id".utf8).base64EncodedString()
            return request.headers["authorization"] == expected ? Self.token(number) : .init(status: 401)
        }
        #expect(try client(server, entry: #""identitytoken": "id""#).manifest("1").body == [7])
        #expect(server.requests.map(\.method) == ["GET", "POST", "GET", "GET"])
    }

    @Test func aFormIsNotSentToAnotherOrigin() throws {
        let thief = try ScriptedServer { _, _ in .init(body: Array(#"{"token":"x"}"#.utf8)) }
        for status in [302, 307, 308] {
            let server = try tokenServer { _, _ in
                .init(status: status, headers: [("Location", "http://\(thief.address)/token")])
            }
            #expect(throws: RegistryError.self) {
                try client(server, entry: #""identitytoken": "id""#).manifest("1")
            }
        }
        #expect(thief.requests.isEmpty)
    }

    @Test func aPasswordDoesNotFollowTheTokenServersRedirect() throws {
        let thief = try ScriptedServer { _, _ in .init(body: Array(#"{"token":"t1"}"#.utf8)) }
        let server = try tokenServer { _, _ in
            .init(status: 307, headers: [("Location", "http://\(thief.address)/token")])
        }
        #expect(try client(server, entry: Self.password).manifest("1").body == [7])
        #expect(thief.requests.map { $0.headers["authorization"] } == [nil])
    }

    /// Otherwise whoever is redirected to could ask for the password in the registry's name.
    @Test func onlyWhoWasAskedMayAskBack() throws {
        let thief = Mutex("")
        let storage = try ScriptedServer { request, _ in
            .init(
                status: 401,
                headers: [("WWW-Authenticate", #"Bearer realm="http://\#(thief.withLock { $0 })/steal""#)])
        }
        thief.withLock { $0 = storage.address }
        let server = try ScriptedServer { _, _ in
            .init(status: 307, headers: [("Location", "http://\(storage.address)/blob")])
        }
        #expect(throws: RegistryError.self) { try client(server, entry: Self.password).manifest("1") }
        #expect(storage.requests.map(\.path) == ["/blob"])
        #expect(storage.requests.allSatisfy { $0.headers["authorization"] == nil })
    }

    @Test func anExpiredTokenIsRenewedBeforeItIsRefused() throws {
        let server = try tokenServer { _, number in Self.token(number, #","expires_in":1"#) }
        let client = try server.client()
        #expect(try client.manifest("1").body == [7])
        Thread.sleep(forTimeInterval: 1.1)
        #expect(try client.manifest("2").body == [7])
        let paths = server.requests.map { $0.path.hasPrefix("/token") }
        #expect(paths == [false, true, false, true, false], "no request was refused for its token")
    }

    @Test(arguments: ["", #","expires_in":0"#, #","expires_in":-5"#, #","expires_in":"x""#, #","expires_in":900"#])
    func aTokenLivesAMinuteAtLeastIfItDoesNotSay(_ lifetime: String) throws {
        let server = try tokenServer { _, number in Self.token(number, lifetime) }
        let client = try server.client()
        for name in ["1", "2", "3"] { #expect(try client.manifest(name).body == [7]) }
        #expect(server.requests.count == 5)
    }

    /// The server forgets its tokens in the middle, as one that is started anew.
    @Test func aTokenThatIsRefusedInTheMiddleIsRenewedOnceForAll() throws {
        let generation = Mutex(1)
        let own = Mutex("")
        let server = try ScriptedServer { request, _ in
            let valid = generation.withLock { $0 }
            if request.path.hasPrefix("/token") {
                return .init(body: Array(#"{"token":"t\#(valid)"}"#.utf8), stall: 0.2)
            }
            if request.headers["authorization"] == "Bearer t\(valid)" { return .init(body: [7]) }
            let realm = #"Bearer realm="http://\#(own.withLock { $0 })/token""#
            return .init(status: 401, headers: [("WWW-Authenticate", realm)])
        }
        own.withLock { $0 = server.address }
        let client = try server.client()
        for round in 1...2 {
            generation.withLock { $0 = round }
            DispatchQueue.concurrentPerform(iterations: 6) { number in
                #expect((try? client.manifest("\(number)"))?.body == [7])
            }
        }
        #expect(server.requests.count { $0.path.hasPrefix("/token") } == 2)
    }

    @Test func aBusyTokenServerIsAskedAgain() throws {
        let server = try tokenServer { _, number in number < 3 ? .init(status: 503) : Self.token(number) }
        #expect(try server.client().manifest("1").body == [7])
        #expect(server.requests.count { $0.path.hasPrefix("/token") } == 3)
    }

    @Test func anEndlessTokenIsCutOff() throws {
        let server = try tokenServer { _, _ in .init(isEndless: true) }
        #expect(throws: RegistryError.tooLarge(subject: "token", limit: 64 << 10)) {
            try server.client().manifest("1")
        }
        #expect(server.clientHangsUp())
    }

    @Test func anEndlessRefusalIsCutOff() throws {
        let server = try ScriptedServer { _, _ in .init(status: 403, isEndless: true) }
        #expect(throws: RegistryError.self) { try server.client().manifest("1") }
        #expect(server.requests.count == 1 && server.clientHangsUp())
    }

    @Test func endlessHeadersAreCutOff() throws {
        let long = String(repeating: "x", count: 64 << 10)
        let server = try ScriptedServer { _, _ in
            .init(headers: (0..<200).map { ("X-\($0)", long) }, body: [7])
        }
        let error = #expect(throws: RegistryError.self) { try server.client().manifest("1") }
        #expect(error?.description.contains("headers") == true && server.requests.count == 1)
    }

    @Test(arguments: [
        ("https://a.example/x", ["https://b.example/y"], true), ("http://a.example/x", ["http://b.example/y"], true),
        ("http://a.example/x", ["https://b.example/y", "https://c.example"], true),
        ("https://a.example/x", ["http://a.example/x"], false),
        ("https://a.example/x", ["https://b.example/y", "http://c.example"], false),
        ("http://a.example/x", ["https://b.example/y", "http://a.example"], false),
        ("http://a.example/x", ["file:///etc/passwd"], false), ("https://a.example/x", ["ftp://b.example"], false),
    ])
    func httpsIsNotLeftByRedirect(_ start: String, _ hops: [String], _ isFollowed: Bool) throws {
        let exchange = Exchange(
            HTTPRequest(url: try #require(URL(string: start))), accepts: { _ in true }, receive: { _ in true })
        let requests = try hops.map { URLRequest(url: try #require(URL(string: $0))) }
        #expect(requests.allSatisfy { exchange.redirect(to: $0) != nil } == isFollowed)
    }

    @Test(arguments: [
        ("https://a.example/x", "https://a.example/y", true), ("https://a.example/x", "https://a.example:443/y", true),
        ("https://a.example/x", "https://A.example/y", true), ("https://a.example/x", "https://a.example:444/y", false),
        ("https://a.example/x", "https://b.example/x", false), ("http://a.example/x", "https://a.example/x", false),
        ("https://a.example/x", "https://x@a.example.evil/", false),
    ])
    func aSecretStaysAtItsOrigin(_ start: String, _ target: String, _ isKept: Bool) throws {
        let exchange = Exchange(
            HTTPRequest(url: try #require(URL(string: start))), accepts: { _ in true }, receive: { _ in true })
        var request = URLRequest(url: try #require(URL(string: target)))
        request.setValue("secret", forHTTPHeaderField: "Authorization")
        let followed = exchange.redirect(to: request)
        #expect(followed?.value(forHTTPHeaderField: "Authorization") == (isKept ? "secret" : nil))
    }
}
