internal import RunCommand

/// The manual page of `config.json`.
enum ConfigManual {
    static var text: String {
        var page = Manual("d-utils-config", section: 5, summary: "how a container of d-utils runs")
        page.section("DESCRIPTION")
        page.paragraphs(
            """
            config.json in a container's folder is the config object of the image's configuration. d-pull writes it, you may edit it, d-run reads the keys below and leaves the others alone. An option of the command line wins.

            The lower-case keys open something of the host, as do volumes with a HOST part, so an image cannot bring them: d-pull leaves them out.
            """)
        page.section("KEYS")
        for key in ConfigKey.all {
            page.item(key.name, "", "\(Manual.sentence(key.meaning)) Without it: \(key.fallback).")
        }
        page.section("EXAMPLES")
        page.paragraphs(
            """
              {
                "Cmd": ["sh", "-c", "make && make test"],
                "Env": ["PATH=/usr/bin:/bin", "TERM"],
                "WorkingDir": "/src",
                "Volumes": {"./project:/src": {}, "/var/cache": {}},
                "net": true
              }
            """)
        page.section("SEE ALSO")
        page.paragraphs("d-pull(1), d-run(1)")
        return page.text
    }
}
