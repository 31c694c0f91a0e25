/// An operating system and a processor: `linux/arm64`, `linux/arm/v7`.
///
/// https://github.com/opencontainers/image-spec/blob/main/image-index.md#platform-variants
public struct Platform: Hashable, Sendable, CustomStringConvertible {
    /// `linux`
    public let os: String
    /// Go's name of the architecture: `amd64`, `arm64`, `386`.
    public let architecture: String
    /// The processor's variant: `v7` of arm; nil where it is not told or is the usual one (`v8` of arm64).
    public let variant: String?

    /// A platform in Go's names; `x86_64`, `aarch64` and other usual names are translated.
    public init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture =
            switch architecture {
            case "x86_64", "x86-64": "amd64"
            case "aarch64": "arm64"
            case "i386", "i686": "386"
            case "armhf", "armel": "arm"
            default: architecture
            }
        self.variant =
            switch (self.architecture, variant) {
            case (_, ""), ("arm64", "v8"), ("arm64", "8"), ("amd64", "v1"): nil
            case ("arm", nil): architecture == "armel" ? "v6" : "v7"
            case ("arm", .some(let digits)) where Int(digits) != nil: "v\(digits)"
            default: variant
            }
    }

    /// Parses `os/architecture[/variant]`; nil when it is not of that form.
    public init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), !parts.contains("") else { return nil }
        self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
    }

    /// The platform that this program was built for.
    public static var current: Platform {
        #if arch(x86_64)
            Platform(os: "linux", architecture: "amd64")
        #elseif arch(arm64)
            Platform(os: "linux", architecture: "arm64")
        #elseif arch(arm)
            Platform(os: "linux", architecture: "arm")
        #elseif arch(i386)
            Platform(os: "linux", architecture: "386")
        #elseif arch(riscv64)
            Platform(os: "linux", architecture: "riscv64")
        #elseif arch(powerpc64le)
            Platform(os: "linux", architecture: "ppc64le")
        #elseif arch(s390x)
            Platform(os: "linux", architecture: "s390x")
        #endif
    }

    /// `os/architecture[/variant]`
    public var description: String { "\(os)/\(architecture)" + (variant.map { "/\($0)" } ?? "") }

    /// How well an image of this platform runs where `wanted` is asked for: nil if it does not, 0 if it is the very
    /// one, else the more the worse. The question is not symmetric: an `arm/v7` machine runs `arm/v6` images, and
    /// `amd64/v3` runs plain `amd64`, not the reverse.
    public func distance(from wanted: Platform) -> Int? {
        guard os == wanted.os, architecture == wanted.architecture else { return nil }
        if variant == wanted.variant { return 0 }
        guard let level, let wantedLevel = wanted.level, level <= wantedLevel else { return nil }
        return wantedLevel - level
    }

    /// The number in the variant, where variants are levels that include those below.
    private var level: Int? {
        switch (architecture, variant) {
        case ("arm64", nil): 80
        case ("amd64", nil): 10
        case ("arm64", .some(let variant)), ("amd64", .some(let variant)), ("arm", .some(let variant)):
            variant.hasPrefix("v") ? Double(variant.dropFirst()).map { Int($0 * 10) } : nil
        default: nil
        }
    }
}
