"""A network of its own for one command: a name server that knows only `registry.test`, and a registry of that name.

Arguments: an OCI layout, a certificate, its key, a configuration for docker-registry or "-", and the command. Runs in a
fresh network namespace as its root.

On port 444 every repository is the layout, and the registry is as awkward as real ones are together: it wants a token,
sets cookies with a date, asks once for patience until a date, and redirects blobs to another name. On port 443 is
docker-registry, if there is a configuration."""
import fcntl, http.server, json, os, socket, ssl, struct, subprocess, sys, threading, time
from email.utils import formatdate

layout, certificate, key, configuration, *command = sys.argv[1:]
asked = set()


def start_loopback():
    up = struct.pack("16sh", b"lo", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, up)  # SIOCSIFFLAGS, IFF_UP


def answer_names(server):
    while True:
        query, client = server.recvfrom(512)
        end = query.index(0, 12) + 5
        question = query[12:end]
        known = question[:-5].lower() == b"\x08registry\x04test"
        answers = []
        if known and question[-4:-2] == b"\0\1":
            answers = [question + struct.pack(">IH", 60, 4) + socket.inet_aton("127.0.0.1")]
        head = query[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, len(answers), 0, 0)
        server.sendto(head + question + b"".join(answers), client)


class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "session=1; Path=/; Expires=" + formatdate(time.time() + 3600, usegmt=True))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/token":
            return self.answer(200, b'{"token": "t"}')
        if path.startswith("/data/"):
            return self.answer(200, blob(path.removeprefix("/data/")))
        if self.headers.get("Authorization") != "Bearer t":
            realm = 'Bearer realm="https://registry.test:444/token",service="registry.test"'
            return self.answer(401, b"{}", WWW_Authenticate=realm)
        if path not in asked:
            asked.add(path)
            return self.answer(503, b"{}", Retry_After=formatdate(time.time(), usegmt=True))
        kind, name = path.split("/")[-2:]
        if kind == "blobs":
            return self.answer(307, Location="https://127.0.0.1:444/data/" + name.removeprefix("sha256:"))
        if ":" not in name:
            with open(os.path.join(layout, "index.json")) as file:
                name = json.load(file)["manifests"][0]["digest"]
        body = blob(name.removeprefix("sha256:"))
        self.answer(200, body, Content_Type=json.loads(body)["mediaType"], Docker_Content_Digest=name)

    def log_message(self, *arguments):
        pass


def blob(hexadecimal):
    with open(os.path.join(layout, "blobs", "sha256", hexadecimal), "rb") as file:
        return file.read()


def wait_for(port):
    for _ in range(600):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)


start_loopback()
names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(("127.0.0.1", 53))
threading.Thread(target=answer_names, args=[names], daemon=True).start()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 444), Registry)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
if configuration != "-":
    quiet = subprocess.DEVNULL
    registry = subprocess.Popen(["docker-registry", "serve", configuration], stdout=quiet, stderr=quiet)
    wait_for(443)
status = subprocess.run(command).returncode
if configuration != "-":
    registry.kill()
sys.exit(status if status >= 0 else 128 - status)
