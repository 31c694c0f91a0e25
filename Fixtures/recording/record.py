"""Runs commands in a terminal of 96 columns and draws what it shows, as it shows it, as an animated SVG.

A line's text is drawn for the time that it stood there; what stands at the end is visible without animation too."""
import fcntl, html, os, pty, re, select, struct, sys, termios, time

COMMANDS = [
    "d-pull registry.test/debian:12",
    "ls debian",
    "d-run debian head -2 /etc/os-release",
    "d-run -r debian touch /etc/changed && ls debian/rootfs/etc/changed && rm -rf debian",
]
COLUMNS, HEIGHT, WIDTH = 96, 19, 8.2


class Screen:
    """Lines with the history of their texts: (from, to or None, text)."""

    def __init__(self):
        self.lines, self.row, self.column, self.history, self.now = [""], 0, 0, [], 0.0
        self.since = [0.0]

    def set(self, row, text):
        while row >= len(self.lines):
            self.lines.append("")
            self.since.append(0.0)
        if self.lines[row] == text:
            return
        # Four pictures a second; what stood shorter is not drawn.
        now = round(self.now * 4) / 4
        if self.lines[row] and now > self.since[row]:
            self.history.append((row, self.since[row], now, self.lines[row]))
        self.lines[row], self.since[row] = text, now

    def write(self, text):
        for token in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+", text):
            if token == "\n":
                self.row += 1
            elif token == "\r":
                self.column = 0
            elif token.startswith("\x1b["):
                if token.endswith("A"):
                    self.row = max(0, self.row - int(token[2:-1] or 1))
                elif token.endswith("J"):
                    for row in range(self.row, len(self.lines)):
                        self.set(row, self.lines[row][: self.column] if row == self.row else "")
            else:
                line = self.lines[self.row] if self.row < len(self.lines) else ""
                line = line.ljust(self.column)
                self.set(self.row, line[: self.column] + token + line[self.column + len(token) :])
                self.column += len(token)


def run(command, screen, clock):
    """Types a command, runs it, and passes what it prints with the time at which it came."""
    for end in [*range(1, len(command), 4), len(command)]:
        screen.now = clock() + end * 0.03
        screen.set(screen.row, "$ " + command[:end])
    offset = len(command) * 0.03 + 0.3
    screen.now, screen.row, screen.column = clock() + offset, screen.row + 1, 0
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("sh", ["sh", "-c", command])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        screen.now = clock() + offset
        screen.write(data.decode().expandtabs(8))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status:
        sys.exit(f"{command}: status {status}\n" + "\n".join(screen.lines))
    return offset + 1.2


def draw(screen, seconds):
    height = (len(screen.lines) + 1) * HEIGHT + 12
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS * WIDTH + 24:.0f} {height}" '
        'font-family="ui-monospace,Menlo,Consolas,monospace" font-size="13.5">',
        '<rect width="100%" height="100%" rx="8" fill="#16181d"/>',
    ]
    shown = [(row, start, None, text) for row, (start, text) in enumerate(zip(screen.since, screen.lines)) if text]
    for row, start, end, text in sorted(screen.history + shown):
        color = "#8fd18f" if text.startswith("$ ") else "#d8dce4"
        attributes = f'x="12" y="{(row + 1) * HEIGHT + 6}" fill="{color}" xml:space="preserve"'
        body = html.escape(text.rstrip())
        if end is None:
            out.append(f'<text {attributes}>{body}<set attributeName="visibility" to="hidden" begin="0s" end="{start:.2f}s"/></text>')
        elif end > start:
            out.append(
                f'<text {attributes} visibility="hidden">{body}'
                f'<set attributeName="visibility" to="visible" begin="{start:.2f}s" end="{end:.2f}s"/></text>'
            )
    return "\n".join(out + ["</svg>", ""])


screen, begun, skipped = Screen(), time.monotonic(), 0.5
for command in COMMANDS:
    skipped += run(command, screen, lambda: time.monotonic() - begun + skipped)
    screen.now = time.monotonic() - begun + skipped
    screen.row, screen.column = len([line for line in screen.lines if line]), 0
with open(sys.argv[1], "w") as file:
    file.write(draw(screen, screen.now))
