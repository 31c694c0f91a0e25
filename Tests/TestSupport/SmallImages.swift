import Foundation
import Synchronization

/// OCI layouts with small images, made by umoci, once a size.
public enum SmallImages {
    /// Whether the programs for it are installed.
    public static var isPossible: Bool { ["umoci", "python3"].allSatisfy(Program.exists) }

    private static let made = Mutex<[Int: TemporaryFolder]>([:])

    /// Puts the layout `images` into a folder, with the tags `1` and `2`: two layers each, the upper one with whiteouts,
    /// links and modes; `size` bytes that no compressor shortens; other commands, variables and files in each.
    public static func make(in folder: TemporaryFolder, size: Int = 1000) throws -> String {
        let source = try original(size: size)
        let result = try Program("cp", "-r", source("images"), folder("images")).run()
        guard result.status == 0 else { throw Program.Failure(description: "cp: \(result)") }
        return folder("images")
    }

    /// The rootfs that umoci makes of the tag `1`.
    public static func judge(size: Int = 1000) throws -> String { try original(size: size)("umoci/rootfs") }

    private static func original(size: Int) throws -> TemporaryFolder {
        try made.withLock { made in
            if let folder = made[size] { return folder }
            let folder = try TemporaryFolder()
            let result = try Program("sh", "-ec", script, "sh", folder.path, "\(size)").run()
            guard result.status == 0 else { throw Program.Failure(description: "umoci: \(result)") }
            if made.isEmpty { atexit { SmallImages.made.withLock { $0 = [:] } } }
            made[size] = folder
            return folder
        }
    }

    private static let script = #"""
        cd "$1"; umoci init --layout images
        for version in 1 2; do
            rm -rf lower upper; mkdir -p lower/etc lower/gone lower/bin upper/etc upper/deep/er
            echo $version > lower/etc/version; echo low > lower/etc/replaced; echo x > lower/gone/file
            python3 -c 'import random, sys
        random.seed(int(sys.argv[2])); open("lower/bin/data", "wb").write(random.randbytes(int(sys.argv[1])))' "$2" $version
            echo high > upper/etc/replaced; touch upper/.wh.gone; chmod 4711 upper/etc/replaced
            ln -s ../etc/version upper/deep/link; ln upper/etc/replaced upper/deep/er/hard; chmod 555 upper/deep/er
            umoci new --image images:$version
            for part in lower upper; do
                find $part -exec touch -h -d "2020-01-0$version" {} +
                tar -C $part --owner=0 --group=0 -cf part.tar .; chmod -R u+w $part
                umoci raw add-layer --image images:$version part.tar --history.created_by "/bin/sh -c #(nop) ADD $part"
            done
            umoci config --image images:$version --config.cmd run --config.cmd v$version --config.env PATH=/bin \
                --config.env VERSION=$version --config.workingdir /etc --config.label maker=tests
        done
        rm -rf lower upper part.tar; chmod -R a+rX images
        umoci unpack --rootless --image images:1 umoci
        """#
}
