#!/bin/sh
# Makes ../hello, an OCI image layout with an index for linux/amd64 and linux/arm64, from hello.S.
# Needs clang and llvm-objcopy (both come with Swift), GNU tar and python3. The same sources give the same bytes.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for machine in x86_64:amd64 aarch64:arm64; do
    architecture=${machine#*:}
    clang --target="${machine%:*}-linux-gnu" -c hello.S -o "$work/hello.o"
    llvm-objcopy -O binary -j .text "$work/hello.o" "$work/hello"
    chmod 755 "$work/hello"
    tar -C "$work" --format=ustar --owner=0 --group=0 --numeric-owner --mtime=@0 -cf "$work/$architecture.tar" hello
done
rm -rf ../hello
python3 layout.py "$work" ../hello
