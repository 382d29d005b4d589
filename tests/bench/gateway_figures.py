"""The figures of the gateway that are held against another gateway, or against
its own promise: streams that do nothing, and more calls than it can answer."""

import contextlib
import functools
import json
import resource
import socket
import struct
import sys
import time

import attacks
from figures import gateway, json_loads, registry, tokyo
from measure import (SOURCE, BenchError, Figure, Goal, Server, Skipped, program_json, run,
                     yardstick)

sys.path.append(str(SOURCE / "tests" / "gateway" / "differential"))

# --- against grpc-gateway -----------------------------------------------------


def peer_program(bench):
    """Builds Debian's grpc-gateway for the registry, once."""
    try:
        import peer
    except ImportError as error:
        raise Skipped(f"{error.name} is not installed: tools/install-dependencies differential") from None
    if peer.missing():
        raise Skipped(peer.missing())
    cache = (bench.binary_dir / "CMakeCache.txt").read_text()
    googleapis = cache.partition("WELFARE_GOOGLEAPIS_DIR:")[2].partition("=")[2].partition("\n")[0]
    try:
        return peer.build("welfare/registry/v1/registry_service.proto", [SOURCE / "protos", googleapis],
                          bench.binary_dir / "grpc-gateway")
    except peer.PeerError as error:
        raise BenchError(str(error)) from None


@contextlib.contextmanager
def json_beside_peer(bench):
    """GET of one municipality as JSON, through both gateways, before one registry."""
    program = peer_program(bench)
    with tokyo(bench) as (folder, data), registry(bench, data, folder) as (_, backend):
        @contextlib.contextmanager
        def product():
            with gateway(bench, folder, backend) as (server, _, address):
                yield json_loads(server, address, "municipalities/131016")

        @contextlib.contextmanager
        def other():
            with Server([program, f"--backend={backend}"], folder) as server:
                address = "127.0.0.1:" + server.find_in_log(r"listening (\d+)")
                yield json_loads(server, address, "municipalities/131016")
        yield {"gateway": product, "grpc-gateway": other}


# --- streams that do nothing ----------------------------------------------------

WATCH = "/v1/registry/versions:watch"
WATCH_GRPC = "/welfare.registry.v1.RegistryService/WatchVersions"
PER_CONNECTION = 100
DATA = attacks.DATA


def literal(name, value):
    return b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def grpc_head(path):
    return (b"\x83\x86\x44" + bytes([len(path)]) + path.encode() + b"\x41\x01a"
            + literal("content-type", "application/grpc") + literal("te", "trailers"))


def http2_streams(head, count, ends_at_once):
    """The bytes that open `count` streams on one connection."""
    out = [attacks.PREFACE, attacks.frame(attacks.SETTINGS, 0, 0)]
    for stream in range(1, 2 * count, 2):
        end = attacks.END_STREAM if ends_at_once else 0
        out.append(attacks.frame(attacks.HEADERS, attacks.END_HEADERS | end, stream, head))
        if not ends_at_once:
            out.append(attacks.frame(DATA, attacks.END_STREAM, stream, bytes(5)))
    return b"".join(out)


def began(sock, count):
    """Waits until `count` streams of a connection have brought a message."""
    seen, buffer = set(), b""
    while len(seen) < count:
        buffer += received(sock)
        while len(buffer) >= 9:
            length, kind, stream = int.from_bytes(buffer[:3], "big"), buffer[3], struct.unpack(
                "!I", buffer[5:9])[0]
            if len(buffer) < 9 + length:
                break
            if kind in (attacks.RST_STREAM, 7):
                raise BenchError("the gateway ends a stream that is to be idle")
            if kind == DATA and length:
                seen.add(stream)
            buffer = buffer[9 + length:]


def received(sock):
    try:
        data = sock.recv(65536)
    except socket.timeout:
        raise BenchError("a stream does not begin") from None
    if not data:
        raise BenchError("the gateway closes a connection of idle streams")
    return data


def open_http2(address, head, ends_at_once, count, held):
    opened = []
    for first in range(0, count, PER_CONNECTION):
        streams = min(PER_CONNECTION, count - first)
        sock = held.enter_context(contextlib.closing(attacks.connect(address, "127.0.0.1")))
        sock.settimeout(60)
        sock.sendall(http2_streams(head, streams, ends_at_once))
        opened.append((sock, streams))
    for sock, streams in opened:
        began(sock, streams)


def open_http1(address, count, held):
    opened = []
    for _ in range(count):
        sock = held.enter_context(contextlib.closing(attacks.connect(address, "127.0.0.1")))
        sock.settimeout(60)
        sock.sendall(f"GET {WATCH} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        opened.append(sock)
    for sock in opened:
        answer = b""
        while b'{"result"' not in answer:
            answer += received(sock)


@contextlib.contextmanager
def idle_streams(bench):
    """What the gateway holds for watchers to whom nothing happens."""
    count = bench.count(1000)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard == resource.RLIM_INFINITY
                                                else max(soft, min(hard, count + 256)), hard))
    # One that begins and ends leaves what any first stream does.
    ways = {"HTTP/2": lambda _, http, *rest: open_http2(http, attacks.head("GET", WATCH), True, *rest),
            "gRPC": lambda grpc, _, *rest: open_http2(grpc, grpc_head(WATCH_GRPC), False, *rest),
            "HTTP/1.1": lambda _, http, *rest: open_http1(http, *rest)}
    with tokyo(bench) as (folder, data), registry(bench, data, folder) as (_, backend):
        def turn(way):
            with gateway(bench, folder, backend) as (server, grpc, http), contextlib.ExitStack() as held:
                with contextlib.ExitStack() as first:
                    way(grpc, http, 1, first)
                before = server.rss_mib()
                way(grpc, http, count, held)
                time.sleep(1)
                growth = server.rss_mib() - before
                return {"streams": count, "rss_growth_mib": growth, "kib_each": growth * 1024 / count}
        yield {"gateway": lambda: contextlib.nullcontext(
            {name: functools.partial(turn, way) for name, way in ways.items()})}


# --- more than it can answer ------------------------------------------------------


def overload_turn(bench, address, path):
    """What it answers at most, and when it is asked four times as much."""
    small = bench.scale < 1
    load = [bench.program("bench-open-loop"), "--server", address, "--path", path]
    most = program_json([*load, "--connections=64", f"--warm-up-ms={100 if small else 1000}",
                         f"--counted-ms={200 if small else 2000}"])
    peak = max(1, most["good_per_second"])
    if not small and (most["failed"] or most["refused"] or not most["good_per_second"]):
        raise BenchError(f"64 callers are too many: {most}")
    done = program_json([*load, "--connections=1800", f"--rate={int(4 * peak)}",
                         f"--warm-up-ms={100 if small else 1500}", f"--counted-ms={200 if small else 3000}"])
    return {"peak_per_second": peak, "good_per_second": done["good_per_second"],
            "goodput": done["good_per_second"] / peak, "refused_p50_ms": done["refused_p50_us"] / 1e3,
            "refused_p99_ms": done["refused_p99_us"] / 1e3, "answered_p50_ms": done["answered_p50_us"] / 1e3,
            "answered_p99_ms": done["answered_p99_us"] / 1e3,
            **{name: done[name] for name in ("due", "refused", "late", "failed", "unsent")}}


@contextlib.contextmanager
def overload(bench):
    """A service that answers eight calls at a time, 4 ms each, and costs nothing; and the
    registry's longest list, where gateway, service and caller share the processors."""
    with tokyo(bench) as (folder, data), registry(bench, data, folder) as (_, backend):
        described, rules = folder / "echo.pb", folder / "rules.json"
        run(["protoc", f"-I{SOURCE}/tests/bench", f"--descriptor_set_out={described}",
             SOURCE / "tests" / "bench" / "echo.proto"])
        rules.write_text(json.dumps({"rules": [{
            "selector": "welfare.bench.v1.BareCallbackService.AnswerInFull", "get": "/bench/echo"}]}))

        @contextlib.contextmanager
        def product():
            with yardstick(bench, folder, "bench-echo", "--workers=8", "--takes-us=4000") as (_, slow):
                with gateway(bench, folder, backend, f"--descriptor-set={described}", f"--http-rules={rules}",
                             f"--backend=welfare.bench.v1.BareCallbackService={slow}") as (_, __, address):
                    yield {name: functools.partial(overload_turn, bench, address, path)
                           for name, path in (("slow service", "/bench/echo"),
                                              ("long list", "/v1/municipalities?pageSize=1000"))}
        yield {"gateway": product}


FIGURES = (
    Figure("gateway.json_peer", "GET /v1/municipalities/131016, against Debian's grpc-gateway before the same"
           " registry", json_beside_peer,
           (Goal("rps", at_least=2.0, load="c=32"), Goal("p99_us", at_most=0.5, load="c=32")), turns=3),
    Figure("gateway.idle_streams", "1,000 watchers to whom nothing happens", idle_streams,
           (Goal("rss_growth_mib", at_most=64, absolute=True),), rounds=3),
    Figure("gateway.overload", "four times as many calls as are answered at most, at a rate of their own",
           overload, (Goal("goodput", at_least=0.8, absolute=True),
                      Goal("refused_p50_ms", at_most=5, absolute=True),
                      Goal("failed", at_most=0, absolute=True)), rounds=3),
)
