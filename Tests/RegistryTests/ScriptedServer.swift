import Foundation
import Synchronization
import TestSupport

/// An HTTP server on the loopback that answers as a test tells it, faults included, and keeps count.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        let path: String
        /// Names in lowercase.
        let headers: [String: String]
        var method = "GET"
        var body = ""

        /// Where a `Range: bytes=N-` begins.
        var rangeStart: Int? { headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) } }
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body: [UInt8] = []
        /// Goes on with zeros, 50 MB a second, until the client hangs up or half a minute is over. Slower than a
        /// client takes them, as a network is: libcurl does not hear of a cancellation while bytes are waiting.
        var isEndless = false
        /// Closes the connection after so many bytes of the body, although more were announced.
        var cutAfter: Int?
        /// Seconds to wait before the body.
        var stall = 0.0
    }

    struct Record: Sendable {
        var requests: [Request] = []
        var bodyBytes = 0
        /// How an endless answer ended.
        var clientHungUp: Bool?
    }

    let port: UInt16
    private let socket: CInt
    private let record = Mutex(Record())
    private let answer: @Sendable (Request, Int) -> Answer

    /// `answer` gets each request and its number, from 0.
    init(_ answer: @escaping @Sendable (Request, Int) -> Answer) throws {
        (socket, port) = try FreePort.listen()
        self.answer = answer
        // The thread closes the socket itself: after that, another server may get the same number.
        Thread.detachNewThread { [weak self, socket] in
            defer { close(socket) }
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0 else { return }
                guard let server = self else {
                    close(connection)
                    return
                }
                Thread.detachNewThread { server.serve(connection) }
            }
        }
    }

    deinit {
        shutdown(socket, CInt(SHUT_RDWR))
    }

    var address: String { "127.0.0.1:\(port)" }
    var requests: [Request] { record.withLock { $0.requests } }
    /// Waits for the end of an endless answer and tells whether it was the client's doing.
    func clientHangsUp() -> Bool {
        while true {
            if let answer = record.withLock(\.clientHungUp) { return answer }
            usleep(10_000)
        }
    }

    var bodyBytes: Int { record.withLock { $0.bodyBytes } }

    /// One request a connection.
    private func serve(_ connection: CInt) {
        defer { close(connection) }
        var head = ""
        var byte: UInt8 = 0
        while !head.hasSuffix("\r\n\r\n"), read(connection, &byte, 1) == 1 {
            head.unicodeScalars.append(Unicode.Scalar(byte))
        }
        let lines = head.split(separator: "\r\n").map(String.init)
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count > 1 else { return }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.last.map { $0.trimmingCharacters(in: .whitespaces) }
        }
        var body: [UInt8] = []
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        while body.count < length, read(connection, &byte, 1) == 1 { body.append(byte) }
        let request = Request(
            path: words[1], headers: headers, method: words[0], body: String(decoding: body, as: UTF8.self))
        let number = record.withLock { record in
            record.requests.append(request)
            return record.requests.count - 1
        }
        send(answer(request, number), to: connection)
    }

    private func send(_ answer: Answer, to connection: CInt) {
        var head = "HTTP/1.1 \(answer.status) X\r\nConnection: close\r\n"
        if !answer.isEndless, !answer.headers.contains(where: { $0.0.lowercased() == "content-length" }) {
            head += "Content-Length: \(answer.body.count)\r\n"
        }
        for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
        guard write(Array((head + "\r\n").utf8), to: connection) else { return }
        if answer.stall > 0 { Thread.sleep(forTimeInterval: answer.stall) }
        let body = answer.body.prefix(answer.cutAfter ?? .max)
        for start in stride(from: 0, to: body.count, by: 16 << 10) {
            let piece = Array(body[start..<min(start + 16 << 10, body.count)])
            guard write(piece, to: connection) else { return }
            record.withLock { $0.bodyBytes += piece.count }
        }
        if answer.isEndless { sendZeros(to: connection) }
    }

    private func sendZeros(to connection: CInt) {
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<1500 {
            guard write(zeros, to: connection) else { return record.withLock { $0.clientHungUp = true } }
            record.withLock { $0.bodyBytes += zeros.count }
            usleep(20_000)
        }
        record.withLock { $0.clientHungUp = false }
    }

    private func write(_ bytes: [UInt8], to connection: CInt) -> Bool {
        Glibc.send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count
    }
}
