#!/usr/bin/env python3
"""Makes the archives of this folder, and beside each good one NAME.list: what GNU tar (bsdtar for what GNU tar does not
know) unpacks from it, listed by `listing` below. Archives named bad-* have to be refused. Needs GNU tar and bsdtar."""
import hashlib, io, os, shutil, stat, subprocess, sys, tarfile, tempfile

here = os.path.dirname(os.path.abspath(__file__))
TIME = 1700000000


def listing(root):
    """A line a path: name, type and mode, time in nanoseconds, size and digest or link, hard-link group."""
    lines, groups = [], {}
    root = os.fsencode(root)
    for folder, names, files in os.walk(root):
        names.sort()
        for name in sorted(names + files):
            path = os.path.join(folder, name)
            s = os.lstat(path)
            fields = [repr(os.path.relpath(path, root)), oct(s.st_mode), str(s.st_mtime_ns)]
            if stat.S_ISREG(s.st_mode):
                with open(path, "rb") as file:
                    fields += [str(s.st_size), hashlib.file_digest(file, "sha256").hexdigest()]
            if stat.S_ISLNK(s.st_mode):
                fields.append(repr(os.readlink(path)))
            if s.st_nlink > 1 and not stat.S_ISDIR(s.st_mode):
                fields.append("links " + repr(groups.setdefault(s.st_ino, fields[0])))
            lines.append(" ".join(fields))
    return "".join(line + "\n" for line in lines)


def write(name, content, program="tar"):
    path = os.path.join(here, name + ".tar")
    with open(path, "wb") as file:
        file.write(content)
    if name.startswith("bad-"):
        return
    with tempfile.TemporaryDirectory() as folder:
        flags = ["-xpf", path, "-C", folder] + (["--warning=none"] if program == "tar" else [])
        subprocess.run([program] + flags, check=True)
        with open(os.path.join(here, name + ".list"), "w") as file:
            file.write(listing(folder))


def member(name, type=tarfile.REGTYPE, content=b"", **fields):
    info = tarfile.TarInfo(name)
    info.type, info.size, info.mtime, info.mode = type, len(content), TIME, 0o644
    for key, value in fields.items():
        setattr(info, key, value)
    return info, io.BytesIO(content)


def archive(*members, format=tarfile.USTAR_FORMAT, **options):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format, **options) as tar:
        for info, content in members:
            tar.addfile(info, content)
    return out.getvalue().rstrip(b"\0") + b"\0" * (1024 + -len(out.getvalue().rstrip(b"\0")) % 512)


def raw(name, typeflag, content=b"", size=None, magic=b"ustar\0" b"00", **fields):
    """A block and its content by hand; `fields` are (offset, bytes)."""
    block = bytearray(512)
    block[0 : len(name)] = name
    block[100:108], block[108:116], block[116:124] = b"0000644\0", b"0000000\0", b"0000000\0"
    block[124:136] = b"%011o\0" % (len(content) if size is None else size)
    block[136:148] = b"%011o\0" % TIME
    block[156:157], block[257 : 257 + len(magic)] = typeflag, magic
    for offset, value in fields.values():
        block[offset : offset + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + content + b"\0" * (-len(content) % 512)


def pax(*records, typeflag=b"x"):
    text = b""
    for key, value in records:
        body = b" " + key + b"=" + value + b"\n"
        length = len(body) + len(str(len(body) + len(str(len(body)))))
        text += str(length).encode() + body
    return raw(b"pax", typeflag, text)


END = b"\0" * 1024
file = raw(b"file", b"0", b"content")
symlink, directory = {"type": tarfile.SYMTYPE}, {"type": tarfile.DIRTYPE, "mode": 0o755}

write("v7", raw(b"dir/", b"\0", magic=b"", mode=(100, b"0000755\0")) + raw(b"dir/old", b"\0", b"seven", magic=b"") + END)
write("ustar", archive(member("d", **directory), member("d/f", content=b"x"), member("l", linkname="d/f", **symlink),
    member("h", tarfile.LNKTYPE, linkname="d/f"), member("p", tarfile.FIFOTYPE)))
write("ustar-prefix", archive(member("p" * 90, **directory), member("p" * 90 + "/" + "n" * 99, content=b"long")))
write("gnu-long-names", archive(member("a" * 90, **directory), member("a" * 90 + "/" + "b" * 120, content=b"x"),
    member("link", linkname="c" * 300, **symlink), format=tarfile.GNU_FORMAT))
write("gnu-base-256", archive(member("big-uid", uid=1 << 30), member("before-1970", mtime=-86400), format=tarfile.GNU_FORMAT))
write("pax-names", archive(member("ä" * 120, content=b"x"), member("link", linkname="ü" * 150, **symlink), format=tarfile.PAX_FORMAT))
write("pax-times", archive(*[member(name, pax_headers={"mtime": value}) for name, value in [
    ("nanoseconds", "1700000000.123456789"), ("tenth", "1.5"), ("negative", "-1.25"), ("small-negative", "-0.000000001"),
    ("whole", "12"), ("ten-digits", "3.1234567899")]], format=tarfile.PAX_FORMAT))
write("pax-global", pax((b"mtime", b"77"), typeflag=b"g") + file + pax((b"path", b"own-name")) + raw(b"x", b"0") + END)
write("pax-wins-over-gnu", raw(b"././@LongLink", b"L", b"gnu-name\0", magic=b"ustar  \0") + pax((b"path", b"pax-name")) + file + END)
write("pax-size-is-the-files", pax((b"size", b"7")) + raw(b"././@LongLink", b"L", b"long-name\0", magic=b"ustar  \0")
    + raw(b"file", b"0", b"content", size=0) + raw(b"after", b"0", b"x") + END, "bsdtar")
write("pax-unknown-record", pax((b"comment", b"a\nb=c"), (b"path", b"first"), (b"path", b"second")) + file + END)
write("names-of-any-bytes", raw(b"new\nline", b"0") + raw(b"\xff\xfe", b"0", b"x") + raw(b"dot", b"5", mode=(100, b"0000755\0")) + raw(b"./dot//file", b"0") + raw(b"./dot/", b"5", mode=(100, b"0000700\0")) + END)
write("absolute-name", raw(b"/absolute", b"0", b"x") + END)
write("modes", archive(*[member("%o" % mode, mode=mode) for mode in [0, 0o400, 0o755, 0o1777, 0o2755, 0o4755, 0o6711]],
    member("closed", tarfile.DIRTYPE, mode=0o500), member("closed/inside", content=b"x")))
write("last-entry-wins", raw(b"a", b"0", b"first") + raw(b"a", b"0", b"second") + raw(b"d", b"0") + raw(b"e", b"5", mode=(100, b"0000700\0")) + END)
write("size-of-a-link-is-nothing", raw(b"target", b"0", b"x") + raw(b"h", b"1", size=9, link=(157, b"target")) + raw(b"next", b"0") + END, "bsdtar")
write("no-end", file)
write("one-end-block", file + b"\0" * 512)
write("garbage-after-the-end", file + END + b"garbage" * 100)
write("empty", END)
write("contiguous-file", raw(b"seven", b"7", b"x") + END)

for name, options in [("gnu-sparse-old", ["--format=gnu"]), ("pax-sparse-0.0", ["--format=pax", "--sparse-version=0.0"]),
                      ("pax-sparse-0.1", ["--format=pax", "--sparse-version=0.1"]), ("pax-sparse-1.0", ["--format=pax", "--sparse-version=1.0"])]:
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "sparse"), "wb") as out:
            for piece in range(30):  # more pieces than a GNU header and its first extension block hold
                out.seek(piece * 65536)
                out.write(b"%d" % piece)
            out.truncate(3 << 20)
        os.utime(os.path.join(folder, "sparse"), (TIME, TIME))
        command = ["tar", "-C", folder, "--owner=0", "--group=0", "--sparse", *options, "--pax-option=delete=atime,delete=ctime",
                   "--mode=644", "-b1", "-cf", "-", "sparse"]
        if "gnu" in options[0]:
            command.remove("--pax-option=delete=atime,delete=ctime")
        else:
            command.append("--pax-option=exthdr.name=pax")
        write(name, subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)

def sparse(map, size=b"10", real=(0, b"")):
    return raw(b"s", b"S", b"0123456789", magic=b"ustar  \0", map=(386, map), size_=(483, b"%011o\0" % int(size)))

number = lambda value: b"%011o\0" % value
write("bad-checksum", file[:150] + b"7" + file[151:] + END)
write("bad-cut-in-header", file[:300])
write("bad-cut-in-content", file[:515])
write("bad-cut-in-padding", file[:600])
write("bad-cut-after-extension", pax((b"path", b"x")))
write("bad-number", raw(b"x", b"0", mode=(100, b"00o0644\0")) + END)
write("bad-size-negative", raw(b"x", b"0", size_=(124, b"\xff" * 12)) + END)
write("bad-size-8-EiB", raw(b"x", b"0", size_=(124, b"\x80\0\0\0\x7f" + b"\xff" * 7)) + END)
write("bad-size-over-64-bits", raw(b"x", b"0", size_=(124, b"\x80\0\1" + b"\0" * 9)) + END)
write("bad-pax-length", raw(b"pax", b"x", b"99 path=x\n") + file + END)
write("bad-pax-length-zero", raw(b"pax", b"x", b"0 path=x\n") + file + END)
write("bad-pax-no-equals", raw(b"pax", b"x", b"8 path\n\n") + file + END)
write("bad-pax-size", pax((b"size", b"-1")) + file + END)
write("bad-pax-mtime", pax((b"mtime", b"1e5")) + file + END)
write("bad-pax-nul-path", pax((b"path", b"a\0b")) + file + END)
write("bad-pax-over-1-MiB", raw(b"pax", b"x", size=(1 << 20) + 1) + END)
write("bad-long-name-over-4096", raw(b"././@LongLink", b"L", b"n" * 5000, magic=b"ustar  \0") + file + END)
write("bad-dot-dot", raw(b"a/../../x", b"0") + END)
write("bad-link-to-nothing", raw(b"h", b"1", link=(157, b"nothing")) + END)
write("bad-root-is-a-link", raw(b"./", b"2", link=(157, b"/tmp")) + END)
write("bad-root-is-a-file", raw(b".", b"0", b"x") + END)
write("bad-type", raw(b"x", b"M", b"x") + END)
write("bad-sparse-overlap", sparse(number(0) + number(6) + number(4) + number(4)) + END)
write("bad-sparse-outside", sparse(number(5) + number(10)) + END)
write("bad-sparse-more-than-data", sparse(number(0) + number(9), b"20") + END)
write("bad-whiteout-of-nothing", raw(b"d/.wh.", b"0") + END)
write("bad-whiteout-of-parent", raw(b"d/.wh...", b"0") + END)
