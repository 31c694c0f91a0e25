import Testing

@testable import Registry

@Suite struct AuthenticationChallengeTests {
    @Test(arguments: [
        (
            #"Bearer realm="https://a/t",service="s",scope="repository:x:pull""#,
            "bearer realm=https://a/t scope=repository:x:pull service=s"
        ),
        (#"Bearer realm="https://a/t?x=1&y=2", scope="a b""#, "bearer realm=https://a/t?x=1&y=2 scope=a b"),
        ("Bearer realm=https://a/t,service=s", "bearer realm=https://a/t service=s"),
        (#"BEARER REALM="r""#, "bearer realm=r"), (#"Bearer realm = "r" , scope = "s""#, "bearer realm=r scope=s"),
        (#"Basic realm="a, b", Bearer realm="c""#, "basic realm=a, b; bearer realm=c"),
        (#"Basic, Bearer realm="c""#, "basic; bearer realm=c"),
        (#"Bearer realm="say \"hi\" \\""#, #"bearer realm=say "hi" \"#),
        (#"Negotiate abc==, Basic realm="x""#, "negotiate abc==; basic realm=x"), ("", ""), (",,, ,", ""), ("=", ""),
        (#"Bearer realm="unterminated"#, "bearer realm=unterminated"), ("realm=x", ""),
    ])
    func parses(_ text: String, _ expected: String) {
        let challenges = AuthenticationChallenge.parse(text).map { challenge in
            ([challenge.scheme] + challenge.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
                .joined(separator: " ")
        }
        #expect(challenges.joined(separator: "; ") == expected)
    }
}
