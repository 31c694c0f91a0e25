import ContainerImage
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Registry

private let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
private let descriptor = Descriptor(mediaType: "x", digest: Digest(of: content), size: Int64(content.count))

/// Each fault that a server or a network can show, with what was asked and sent.
@Suite struct RegistryClientTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func client(_ server: ScriptedServer, name: String = "a/b:1", idleLimit: Double = 60) throws
        -> RegistryClient
    {
        try server.client(name, transport: URLSessionTransport(idleLimit: idleLimit))
    }

    /// Downloads the blob as a pull does and returns what a reader reads.
    private func download(_ server: ScriptedServer, cache: BlobCache? = nil, idleLimit: Double = 60) throws -> [UInt8] {
        let blob = Blob(descriptor)
        let download = BlobDownload(
            blob: blob, client: try client(server, idleLimit: idleLimit),
            cache: cache ?? BlobCache(folder: folder("cache")))
        Thread.detachNewThread { download.run() }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 50_000)
        while true {
            let offset = Int64(all.count)
            var span = chunk.mutableSpan
            var buffer = span.mutableBytes
            let count = try blob.read(into: &buffer, at: offset)
            if count == 0 { break }
            all += chunk[..<count]
        }
        blob.accept()
        return all
    }

    /// The whole content, or its end where a range is asked for.
    @Sendable private static func ranged(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
        guard let start = request.rangeStart else { return .init(body: content) }
        return .init(
            status: 206, headers: [("Content-Range", "bytes \(start)-\(content.count - 1)/\(content.count)")],
            body: Array(content[start...]))
    }

    // MARK: Manifests

    @Test func asksForEveryTypeOfManifestUncompressed() throws {
        let server = try ScriptedServer { _, _ in .init(headers: [("Content-Type", "a/b; charset=utf-8")], body: [1]) }
        let (body, type) = try client(server).manifest("1")
        #expect(body == [1] && type == "a/b; charset=utf-8")
        let request = try #require(server.requests.first)
        #expect(request.path == "/v2/a/b/manifests/1")
        for type in MediaType.manifests { #expect(request.headers["accept"]?.contains(type) == true) }
        #expect(request.headers["accept-encoding"] == "identity" && request.headers["authorization"] == nil)
    }

    @Test(arguments: [
        (404, #"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#, "manifest unknown", 1),
        (403, #"{"errors":[{"message":"denied"}]}"#, "denied", 1), (400, "plain words", "plain words", 1),
        (418, "<html>teapot</html>", "status 418", 1), (408, "", "status 408", 4), (500, "", "status 500", 4),
        (503, "busy", "busy", 4),
        (429, "", "too many requests", 4), (401, "", "did not ask for credentials", 1),
    ])
    func tellsWhatTheRegistrySaid(_ status: Int, _ body: String, _ words: String, _ requests: Int) throws {
        let server = try ScriptedServer { _, _ in .init(status: status, body: Array(body.utf8)) }
        let error = #expect(throws: RegistryError.self) { try client(server).manifest("1") }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        #expect(error?.description.contains("html") == false)
        #expect(server.requests.count == requests)
    }

    @Test func aBasicChallengeDoesNotHang() throws {
        let server = try ScriptedServer { _, _ in
            .init(status: 401, headers: [("WWW-Authenticate", #"Basic realm="x""#)], body: Array("no".utf8))
        }
        #expect(throws: RegistryError.self) { try client(server).manifest("1") }
    }

    @Test func anEndlessDocumentIsCutOff() throws {
        let server = try ScriptedServer { _, _ in .init(isEndless: true) }
        #expect(throws: RegistryError.tooLarge(subject: "http://\(server.address)/v2/a/b/manifests/1", limit: 4 << 20))
        {
            try client(server).manifest("1")
        }
        #expect(server.clientHangsUp())
    }

    @Test func aTransientAnswerIsAskedAgain() throws {
        let server = try ScriptedServer { _, number in number < 2 ? .init(status: 503) : .init(body: [7]) }
        #expect(try client(server).manifest("1").body == [7])
        #expect(server.requests.count == 3)
    }

    @Test func retryAfterIsHonouredUpToALimit() throws {
        let start = Date.now
        let patient = try ScriptedServer { _, number in
            number == 0 ? .init(status: 429, headers: [("Retry-After", "1")]) : .init(body: [7])
        }
        #expect(try client(patient).manifest("1").body == [7])
        #expect(Date.now.timeIntervalSince(start) >= 1)
        let endless = try ScriptedServer { _, _ in .init(status: 429, headers: [("Retry-After", "3600")]) }
        let error = #expect(throws: RegistryError.self) { try client(endless).manifest("1") }
        #expect(
            error
                == .retryLater(
                    url: "http://\(endless.address)/v2/a/b/manifests/1", status: 429, seconds: 3600, words: ""))
        #expect(endless.requests.count == 1)
    }

    @Test(arguments: [
        ("120", 120.0), ("Fri, 31 Dec 1999 23:59:59 GMT", 59), ("Fri, 31 Dec 1999 00:00:00 GMT", 0),
        ("-5", 0), ("nan", 0), ("inf", .infinity), ("soon", nil), ("Fri, 31 Dec 9223372036854775807 0:0:0 GMT", nil),
        ("Fri, 31 Dec 1999 0:9223372036854775807:0 GMT", nil),
    ])
    func retryAfterHasTwoForms(_ text: String, _ seconds: Double?) {
        let now = Date(timeIntervalSince1970: 946_684_740)  // 1999-12-31 23:59:00
        #expect(RetryPolicy.retryAfter(HTTPResponse(status: 429, headers: ["retry-after": text]), now: now) == seconds)
    }

    // MARK: Tokens

    /// A server that is registry and token server in one; `expected` is what the registry wants to see.
    private func tokenServer(token: String, expected: String = "Bearer good", challenge: String = "") throws
        -> ScriptedServer
    {
        let own = Mutex("")
        let server = try ScriptedServer { request, _ in
            if request.path.hasPrefix("/token") { return .init(body: Array(token.utf8)) }
            if request.headers["authorization"] == expected { return .init(body: [7]) }
            let realm =
                challenge.isEmpty
                ? #"Bearer realm="http://\#(own.withLock { $0 })/token?own=1",service="s""# : challenge
            return .init(status: 401, headers: [("WWW-Authenticate", realm)])
        }
        own.withLock { $0 = server.address }
        return server
    }

    @Test(arguments: [#"{"token":"good"}"#, #"{"access_token":"good","expires_in":60}"#])
    func answersABearerChallenge(_ answer: String) throws {
        let server = try tokenServer(token: answer)
        let client = try client(server)
        #expect(try client.manifest("1").body == [7])
        #expect(try client.manifest("2").body == [7])
        let paths = server.requests.map(\.path)
        #expect(paths.count == 4, "the second needs no new token")
        #expect(paths[1] == "/token?own=1&service=s&scope=repository:a/b:pull", "\(paths)")
        #expect(server.requests[1].headers["authorization"] == nil)
    }

    @Test(arguments: [
        (#"{"token":""}"#, ""), (#"{}"#, ""), (#"{"token":"bad"}"#, ""), ("[", ""), (#"{"token":"a\nb"}"#, ""),
        (#"{"token":"good"}"#, "Bearer"), (#"{"token":"good"}"#, #"Bearer realm="not a url""#),
        (#"{"token":"good"}"#, #"Bearer realm="http://192.0.2.1/token""#),
        (#"{"token":"good"}"#, #"Bearer realm="file:///etc/passwd""#),
    ])
    func aChallengeThatCannotBeAnsweredIsAnError(_ token: String, _ challenge: String) throws {
        let server = try tokenServer(token: token, challenge: challenge)
        #expect(throws: (any Error).self) { try client(server).manifest("1") }
        #expect(server.requests.count < 8)
    }

    @Test func anExpiredTokenIsRenewed() throws {
        let own = Mutex("")
        let server = try ScriptedServer { request, number in
            if request.path.hasPrefix("/token") { return .init(body: Array(#"{"token":"t\#(number)"}"#.utf8)) }
            let isFresh = request.headers["authorization"] == (number < 4 ? "Bearer t1" : "Bearer t4")
            if isFresh { return .init(body: [7]) }
            return .init(
                status: 401, headers: [("WWW-Authenticate", #"Bearer realm="http://\#(own.withLock { $0 })/token""#)])
        }
        own.withLock { $0 = server.address }
        let client = try client(server)
        #expect(try client.manifest("1").body == [7])  // 0: 401, 1: token, 2: answer
        #expect(try client.manifest("2").body == [7])  // 3: still good
        _ = try? client.manifest("3")
        #expect(server.requests.count >= 5)
    }

    // MARK: Redirects

    @Test func aTokenDoesNotFollowARedirectToAnotherOrigin() throws {
        let storage = try ScriptedServer { _, _ in .init(body: [9]) }
        let own = Mutex("")
        let server = try ScriptedServer { request, _ in
            if request.path.hasPrefix("/token") { return .init(body: Array(#"{"token":"secret"}"#.utf8)) }
            guard request.headers["authorization"] != nil else {
                return .init(
                    status: 401,
                    headers: [("WWW-Authenticate", #"Bearer realm="http://\#(own.withLock { $0 })/token""#)])
            }
            return .init(status: 307, headers: [("Location", "http://\(storage.address)/blob")])
        }
        own.withLock { $0 = server.address }
        #expect(try client(server).manifest("1").body == [9])
        #expect(storage.requests.map { $0.headers["authorization"] } == [nil])
    }

    @Test func redirectsInACircleEnd() throws {
        let server = try ScriptedServer { _, _ in .init(status: 302, headers: [("Location", "/v2/again")]) }
        let error = #expect(throws: RegistryError.self) { try client(server).manifest("1") }
        #expect(error?.description.contains("redirect") == true, "\(String(describing: error))")
        #expect(server.requests.count <= 12)
    }

    // MARK: Blobs

    @Test func aCutBodyIsContinuedNotRepeated() throws {
        let server = try ScriptedServer { request, number in
            var answer = Self.ranged(request)
            if number < 2 { answer.cutAfter = 70_000 }
            return answer
        }
        #expect(try download(server) == content)
        #expect(server.requests.count == 3)
        #expect(server.bodyBytes < content.count + 3 * (16 << 10), "what had come was not sent again")
    }

    @Test func aServerWithoutRangesStartsOver() throws {
        let server = try ScriptedServer { _, number in .init(body: content, cutAfter: number == 0 ? 70_000 : nil) }
        #expect(try download(server) == content)
        #expect(server.requests.count == 2)
    }

    @Test(arguments: [416, 206])
    func aRangeThatIsRefusedIsAskedForWithoutIt(_ status: Int) throws {
        let server = try ScriptedServer { request, number in
            if number == 0 { return .init(body: content, cutAfter: 70_000) }
            // 206 with a range that nobody asked for.
            guard request.rangeStart == nil else {
                return .init(status: status, headers: [("Content-Range", "bytes 5-9/10")], body: [1, 2, 3])
            }
            return .init(body: content)
        }
        #expect(try download(server) == content)
    }

    @Test func anEarlierRunIsContinued() throws {
        let cache = BlobCache(folder: folder("cache"))
        let path = try #require(cache.path(of: descriptor.digest))
        try Data(content[..<150_000]).write(to: URL(filePath: path + ".part"))
        let server = try ScriptedServer { request, _ in Self.ranged(request) }
        #expect(try download(server, cache: cache) == content)
        #expect(server.requests.map(\.rangeStart) == [150_000])
        #expect(server.bodyBytes == 50_000)
        #expect(FileManager.default.contents(atPath: path) == Data(content))
        #expect(try download(server, cache: cache) == content, "from the cache")
        #expect(server.requests.count == 1)
    }

    @Test func moreThanAnnouncedIsRefused() throws {
        let server = try ScriptedServer { _, _ in .init(body: content, isEndless: true) }
        #expect(throws: RegistryError.tooLarge(subject: "blob \(descriptor.digest)", limit: descriptor.size)) {
            try download(server)
        }
        #expect(server.clientHangsUp())
    }

    @Test func aStalledTransferIsContinued() throws {
        let server = try ScriptedServer { request, number in
            var answer = Self.ranged(request)
            if number == 0 { answer.stall = 4 }
            return answer
        }
        #expect(try download(server, idleLimit: 1) == content)
        #expect(server.requests.count == 2)
    }

    @Test(arguments: [404, 403, 401])
    func aRefusalIsFinal(_ status: Int) throws {
        let server = try ScriptedServer { _, _ in .init(status: status) }
        #expect(throws: RegistryError.self) { try download(server) }
        #expect(server.requests.count == 1)
    }

    @Test func twoDownloadsShareOne() throws {
        let server = try ScriptedServer { request, _ in
            var answer = Self.ranged(request)
            answer.stall = 0.3
            return answer
        }
        let cache = BlobCache(folder: folder("cache"))
        let results = Mutex<[[UInt8]]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            if let bytes = try? download(server, cache: cache) { results.withLock { $0.append(bytes) } }
        }
        #expect(results.withLock { $0.count } == 4 && results.withLock { $0.allSatisfy { $0 == content } })
        #expect(server.requests.count == 1)
    }

    @Test func aCacheThatKeepsNothingWorksToo() throws {
        let server = try ScriptedServer { request, _ in Self.ranged(request) }
        #expect(try download(server, cache: BlobCache.none) == content)
    }

    @Test func cancellingWakesEverybody() throws {
        let server = try ScriptedServer { request, _ in
            var answer = Self.ranged(request)
            answer.stall = 20
            return answer
        }
        let client = try client(server)
        let blob = Blob(descriptor)
        let download = BlobDownload(blob: blob, client: client, cache: .none)
        Thread.detachNewThread { download.run() }
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.3)
            client.cancel()
        }
        var chunk = [UInt8](repeating: 0, count: 10)
        let start = Date.now
        #expect(throws: RegistryError.cancelled) {
            var span = chunk.mutableSpan
            var buffer = span.mutableBytes
            _ = try blob.read(into: &buffer, at: 0)
        }
        #expect(Date.now.timeIntervalSince(start) < 15)
    }

    @Test(arguments: [
        ("localhost", true), ("localhost:5000", true), ("127.0.0.1:1", true), ("127.1.2.3", true), ("[::1]:5000", true),
        ("::1", true),
        ("127.0.0.1.example.com", false), ("localhost.example.com", false), ("128.0.0.1", false),
        ("example.com", false),
        ("127.evil", false), ("[::2]", false),
    ])
    func knowsItsOwnHosts(_ host: String, _ expected: Bool) {
        #expect(RegistryClient.isLoopback(host) == expected)
    }
}
