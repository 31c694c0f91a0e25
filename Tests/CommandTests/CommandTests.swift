import TestSupport
import Testing

@Suite struct ProgramTests {
    @Test func catchesOutputAndStatus() throws {
        let result = try Program("sh", "-c", "cat; echo oops >&2; exit 3").run()
        #expect(result.status == 3 && result.errors == "oops\n")
        let killed = try Program("sh", "-c", "kill -9 $$").run()
        #expect(killed.status == 137)
        let user = try Program("id", "-u").asOrdinaryUser.run()
        #expect(user.output != "0\n")
        let pull = try Commands.program("d-pull").asOrdinaryUser.run()
        #expect(pull.status == 0, "\(pull)")
    }
}
