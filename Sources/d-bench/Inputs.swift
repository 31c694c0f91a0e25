import Glibc

/// The files that are measured with, made once from this machine's /usr.
///
/// A file that is there already is taken as it is, so anybody may put one of their own in its place.
struct Inputs {
    let folder: String
    private let divisor: Int

    /// Inputs in the cache folder.
    init(in cache: String, isQuick: Bool) {
        folder = isQuick ? "\(cache)/quick" : "\(cache)/full"
        divisor = isQuick ? 8 : 1
    }

    /// Files of /usr, each of at most 4 MiB, evenly picked: 700 MB.
    func usr() throws -> String { try make("usr.tar", Self.usrScript, "\(700_000_000 / divisor)") }

    /// 60,000 files of up to 8 KiB, cut from `usr.tar`.
    func small() throws -> String { try make("small.tar", Self.smallScript, try usr(), "\(60_000 / divisor)") }

    /// One file of 1 GiB, of what is in `usr.tar`.
    func big() throws -> String { try make("big.tar", Self.bigScript, try usr(), "\((1 << 30) / divisor)") }

    /// `usr.tar` by gzip -6.
    func gzipped() throws -> String { try make("usr.tar.gz", "gzip -6 -n <$1 >$0", try usr()) }

    /// `usr.tar` by zstd -3.
    func zstandard() throws -> String { try make("usr.tar.zst", "zstd -q -3 <$1 >$0", try usr()) }

    /// An OCI layout of one image of eight gzip layers, which together are the files of `usr.tar`.
    func image() throws -> String { try make("image", Self.imageScript, try usr()) }

    /// A container with busybox, which has to be a static one.
    func container() throws -> String {
        try make(
            "container",
            "mkdir -p $0/rootfs/bin; cp $(command -v busybox) $0/rootfs/bin/true; echo {} >$0/config.json")
    }

    /// `sha256:` and the digest of a file of the inputs.
    func digest(of path: String) throws -> String {
        let name = String(path.drop { $0 != "/" }.split(separator: "/").last ?? "")
        let list = try make("\(name).sha256", "sha256sum <$1 | cut -c-64 >$0", path)
        return "sha256:" + (TextFile.read(list) ?? "").prefix(64)
    }

    /// Runs a script that writes `$0`; it gets its name once the script has ended well.
    private func make(_ name: String, _ script: String, _ arguments: String...) throws -> String {
        let path = "\(folder)/\(name)"
        guard unsafe access(path, R_OK) != 0 else { return path }
        let whole = "mkdir -p \"${0%/*}\"; rm -rf \"$0\"\n\(script)\nmv \"$0\" \"$LAST\""
        _ = unsafe setenv("LAST", path, 1)
        try Program(words: ["bash", "-euo", "pipefail", "-c", whole, "\(path).part"] + arguments).run()
        return path
    }

    private static let usrScript = #"""
        find /usr -xdev \( -type d -o -type l -o -size -4097k \) -printf '%s %y %p\n' | grep -v '[^ -~]' | LC_ALL=C sort -k3 >$0.all
        total=$(awk '$2 == "f" { sum += $1 } END { print sum }' $0.all)
        awk -v total=$total -v wanted=$1 '
            $2 == "d" || int(NR * wanted / total) > int((NR - 1) * wanted / total) || wanted >= total {
                sub(/^[^ ]+ . /, ""); print
            }' $0.all >$0.list
        tar -C / --no-recursion --numeric-owner -cf $0 -T $0.list 2>/dev/null
        rm $0.all $0.list
        """#

    private static let smallScript = #"""
        mkdir -p $0.files; offset=1
        for folder in $(seq $(($2 / 250))); do
            size=$((1 + folder * 7919 % 8192)); mkdir $0.files/$folder
            split -b $size -a 3 -d - $0.files/$folder/ < <(head -c $((250 * size)) < <(tail -c +$offset $1 2>/dev/null))
            offset=$(((offset + 250 * size) % 50000000))
        done
        tar -C $0.files -cf $0 .; rm -rf $0.files
        """#

    private static let bigScript = #"""
        mkdir $0.files
        while cat $1; do :; done 2>/dev/null | head -c $2 >$0.files/big || [ $? = 141 ]
        tar -C $0.files -cf $0 big; rm -r $0.files
        """#

    private static let imageScript = #"""
        mkdir -p $0/blobs/sha256; cd $0
        blob() {
            set -- $1 $(sha256sum <$1 | cut -c-64) $(stat -c %s $1) $2; mv $1 blobs/sha256/$2
            printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s}' $4 $2 $3
        }
        tar -tf $1 >list; split -n l/8 list part.; rm list
        layers=; diffs=
        for part in part.*; do
            tar -C / --no-recursion --numeric-owner -cf tar -T $part 2>/dev/null
            diffs="$diffs,\"sha256:$(sha256sum <tar | cut -c-64)\""
            gzip -6 -n <tar >gz; layers="$layers,$(blob gz layer.v1.tar+gzip)"
        done
        rm part.* tar
        printf '{"architecture":"%s","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[%s]}}' \
            $(uname -m | sed s/x86_64/amd64/\;s/aarch64/arm64/) ${diffs#,} >config
        printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' \
            "$(blob config config.v1+json)" "${layers#,}" >manifest
        printf '{"schemaVersion":2,"manifests":[%s]}' \
            "$(blob manifest manifest.v1+json | sed 's/}$/,"annotations":{"org.opencontainers.image.ref.name":"1"}}/')" >index.json
        printf '{"imageLayoutVersion":"1.0.0"}' >oci-layout
        """#
}
