#!/bin/sh
# make.sh FOLDER: makes FOLDER/layout, an OCI image layout (tag `12`) of a real Debian with layers that show what
# images do to each other: whiteouts, an opaque directory, a directory that becomes a link and the reverse, hard links
# across layers, changed modes and times. Too large to keep here, so the tests make it once; root only.
# Needs mmdebstrap, umoci, setfattr (attr), and Debian's package archive.
set -eu
out=$1
mkdir -p "$out"
work=$(mktemp -d "$out/work-XXXXXX")
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1700000000
mmdebstrap --quiet --mode=root --variant=apt bookworm "$work/root.tar"

umoci init --layout "$work/layout"
umoci new --image "$work/layout:12"
umoci unpack --image "$work/layout:12" "$work/bundle"
root=$work/bundle/rootfs
commit() {
    umoci repack --image "$work/layout:12" --refresh-bundle "$work/bundle" >/dev/null
}

# Device nodes are left out: umoci puts empty files in their place, which is nothing to compare with.
tar -C "$root" --exclude='./dev/?*' --xattrs --xattrs-include='*' -xf "$work/root.tar"
commit

# A layer on top of a lower one: remove, replace, link.
rm "$root/etc/issue" "$root/usr/share/common-licenses/GPL"      # a file and a symbolic link go
rm -r "$root/usr/share/doc"                                     # a tree goes ...
mkdir "$root/usr/share/doc"                                     # ... and comes back with something else in it
echo new > "$root/usr/share/doc/README"
rm -r "$root/usr/share/info" && ln -s doc "$root/usr/share/info"  # a directory becomes a link
rm "$root/etc/os-release" && mkdir "$root/etc/os-release"       # a link becomes a directory
echo 'PRETTY_NAME="test"' > "$root/etc/os-release/inside"
ln "$root/usr/bin/tar" "$root/usr/bin/tar-again"                # a hard link to a file of the layer below
ln "$root/usr/bin/sh" "$root/usr/bin/sh-again"                  # a hard link to a symbolic link
mkdir -p "$root/srv/closed/inner" && echo x > "$root/srv/closed/inner/file"
chmod 0000 "$root/srv/closed/inner/file" && chmod 0555 "$root/srv/closed/inner" "$root/srv/closed"
touch -d '1969-07-20 20:17:40.123456789 UTC' "$root/srv/closed/inner/file" "$root/srv/closed"
mkfifo "$root/srv/pipe"
setfattr -n user.note -v hello "$root/usr/share/doc/README"
printf 'a name with\nnewline' > "$root/srv/two
lines"
truncate -s 5M "$root/srv/sparse" && printf end >> "$root/srv/sparse"
commit

rm -r "$root/etc/os-release" && ln -s ../usr/lib/os-release "$root/etc/os-release"  # and back to a link
chmod 1777 "$root/srv" && chmod 4755 "$root/usr/bin/tar"        # only modes change
rm "$root/usr/bin/tar-again" && echo again > "$root/usr/bin/tar-again"
ln "$root/usr/bin/tar" "$root/usr/bin/tar-third"
printf 'more' >> "$root/usr/share/doc/README"
commit

umoci config --image "$work/layout:12" --config.cmd /bin/bash --config.env PATH=/usr/sbin:/usr/bin:/sbin:/bin
umoci gc --layout "$work/layout"
rm -rf "$out/layout"
mv "$work/layout" "$out/layout"
