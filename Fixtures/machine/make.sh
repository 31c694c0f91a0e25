#!/bin/sh
# make.sh FOLDER: makes FOLDER/machine with a kernel, an initrd and a disk of Debian for qemu, whose systemd starts
# /payload/start from the second disk and powers off when it has ended. Too large to keep here, so the tests make it
# once; root only. Needs mmdebstrap, mke2fs (e2fsprogs), and Debian's package archive.
set -eu
out=$1
mkdir -p "$out"
work=$(mktemp -d "$out/work-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/root" "$work/machine"
packages=systemd-sysv,dbus-user-session,libpam-systemd,udev,kmod,linux-image-cloud-amd64,initramfs-tools,bubblewrap
mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" bookworm - | tar -xf - -C "$work/root"

root=$work/root
chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash user
mkdir "$root/payload"
cat > "$root/etc/systemd/system/payload.service" <<'UNIT'
[Unit]
After=systemd-user-sessions.service systemd-logind.service
[Service]
Type=oneshot
ExecStart=/bin/bash -c 'stty -F /dev/ttyS1 raw && mount /dev/vdb /payload && bash /payload/start > /dev/ttyS1 2>&1'
ExecStopPost=/bin/systemctl poweroff --force
UNIT
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../payload.service "$root/etc/systemd/system/multi-user.target.wants/"

cp -L "$root/boot/vmlinuz-"* "$work/machine/kernel"
cp -L "$root/boot/initrd.img-"* "$work/machine/initrd"
truncate -s 4G "$work/machine/disk"
mke2fs -q -t ext4 -d "$root" "$work/machine/disk"
rm -rf "$out/machine"
mv "$work/machine" "$out/machine"
