#!/usr/bin/python3 -B
"""Asks our gateway and Debian's grpc-gateway the same, before the same service,
and compares the answers.

usage: run.py --bin DIR --build DIR --googleapis DIR [--seed N] [--count N]

Every request follows from the seed. Exits with 1 where an answer differs in a
way that judge.py does not know; the request is printed in full.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import dataclasses
import difflib
import http.client
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import judge
import peer
import questions

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PATIENCE = 90


# --- what answers ---------------------------------------------------------------


class Program:
    """A server under test; its output goes to a file of the folder."""

    def __init__(self, folder, *command):
        self.log = folder / f"{pathlib.Path(command[0]).name}-{time.monotonic_ns()}.log"
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=log, cwd=folder)

    def find(self, pattern):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            text = self.log.read_text("utf-8", "replace")
            found = re.search(pattern, text)
            if found:
                return found.group(1)
            if self.child.poll() is not None:
                raise SystemExit(f"{self.log.name} ended:\n{text[-3000:]}")
            time.sleep(0.02)
        raise SystemExit(f"waited {PATIENCE} s in vain for {pattern} in {self.log.name}")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.child.terminate()
        self.child.wait(PATIENCE)


@contextlib.contextmanager
def mirror(folder, googleapis):
    """Runs the service of mirror.proto; yields (address, class of its request, what it got)."""
    files = peer.descriptors("mirror.proto", [HERE, googleapis])
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        # The options of google.api.http say nothing here.
        plain = descriptor_pb2.FileDescriptorProto.FromString(file.SerializeToString())
        pool.Add(plain)
    thing = message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("mirror.v1.Thing"))
    got = []

    def wrapped(request):
        size, head = len(request), bytearray(b"\x0a")
        while size >= 0x80:
            head.append(size & 0x7f | 0x80)
            size >>= 7
        head.append(size)
        return bytes(head) + request

    def fail(request, context):
        if request.failure.code:
            codes = {code.value[0]: code for code in grpc.StatusCode}
            context.abort(codes[request.failure.code], request.failure.message)

    def answer(request, context):
        got.append(request)
        fail(thing.FromString(request), context)
        return wrapped(request)

    def answer_plainly(request, context):
        return answer(request, context) and request

    def watch(request, _):
        got.append(request)
        for _ in range(thing.FromString(request).int32_value):
            yield wrapped(request)

    class Handler(grpc.GenericRpcHandler):
        def service(self, details):
            name = details.method.rpartition("/")[2]
            if name == "WatchThing":
                return grpc.unary_stream_rpc_method_handler(watch)
            return grpc.unary_unary_rpc_method_handler(answer_plainly if name == "GetInner" else answer)

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((Handler(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    (folder / "mirror.pb").write_bytes(files.SerializeToString())
    try:
        yield f"127.0.0.1:{port}", thing, got
    finally:
        server.stop(None)


def our_gateway(binary, folder, *flags):
    folder.mkdir()
    return Program(folder, binary / "welfare-gateway", "--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0",
                   "--admin-listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", f"--assets-dir={ROOT}",
                   "--log-format=json", "--drain-wait-ms=0", f"--data-dir={folder}/data",
                   *(f"--peer-{name}=unix:{folder}/{name}" for name in ("survey", "indicator", "report")), *flags)


HTTP = r'"listener":"http","address":"([^"]+)"'


@contextlib.contextmanager
def registry(binary, folder):
    """Runs the registry with Tokyo's municipalities; yields its address."""
    with Program(folder, binary / "welfare-registry", "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0",
                 f"--assets-dir={ROOT}", "--log-format=json", "--drain-wait-ms=0",
                 f"--data-dir={folder}/data") as program:
        address = program.find(r'"address":"(127[^"]+)"')
        for noun, file in (("municipality", "municipalities.csv"), ("status", "status-jusou.csv")):
            subprocess.run([binary / "welfarectl", "--server", address, noun, "import",
                            ROOT / "services" / "registry" / "data" / file], check=True, capture_output=True)
        yield address


# --- asked ------------------------------------------------------------------------


class Client:
    """One connection after the other to a gateway."""

    def __init__(self, address):
        self.address = address
        self.connection = None

    def ask(self, request):
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
                attempt = 2
            try:
                self.connection.putrequest(request.method, request.target, skip_accept_encoding=True)
                for name, value in request.headers:
                    self.connection.putheader(name, value)
                if request.body or request.method in ("POST", "PUT", "PATCH"):
                    self.connection.putheader("content-length", str(len(request.body)))
                self.connection.endheaders(request.body or None)
                answer = self.connection.getresponse()
                body = answer.read()
            except (http.client.HTTPException, OSError):
                # The one before may have ended with its answer.
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise
                continue
            if answer.will_close:
                self.connection.close()
                self.connection = None
            return judge.Answer(answer.status, answer.headers.get("content-type", ""), dict(answer.headers), body)
        raise AssertionError


@dataclasses.dataclass
class Tally:
    asked: int = 0
    wrong: int = 0
    by_difference: collections.Counter = dataclasses.field(default_factory=collections.Counter)


def another_request(kind, ours, theirs):
    """What the service got of us alone, or of the other gateway alone. By their
    text: a NaN has many forms in bytes."""
    told = ["\n".join(str(kind.FromString(one)) for one in side).splitlines() for side in (ours, theirs)]
    differing = "\n".join(difflib.unified_diff(*told, "ours", "theirs", lineterm="", n=1))
    return f"the service got another request:\n{differing}" if differing else ""


def compare(name, maker, ours, theirs, kind, got, seed, count, tally):
    ours, theirs = Client(ours), Client(theirs)
    for number in range(count):
        request = maker.make(random.Random(f"{name} {seed} {number}"))
        answers, received = [], []
        for client, asked in ((ours, request), (theirs, request), (theirs, request.plain)):
            del got[:]
            answers.append(client.ask(asked) if asked else None)
            received.append(list(got))
        wrong = judge.judge(request, *answers)
        if not wrong and not request.difference and kind is not None:
            wrong = another_request(kind, *received[:2])
        tally.asked += 1
        tally.by_difference[request.difference or "alike"] += 1
        if wrong:
            tally.wrong += 1
            if tally.wrong <= 40:
                print(f"--- {name}, seed {seed}, request {number}: {wrong}\n{request}\n"
                      f"ours:   {answers[0]}\ntheirs: {answers[1]}"
                      + (f"\nplain:  {answers[2]}" if answers[2] else "") + "\n", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="where our programs are")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="for what is generated")
    parser.add_argument("--googleapis", required=True, help="where google/api/annotations.proto is")
    parser.add_argument("--seed", type=int, help="default: of the clock, and printed")
    parser.add_argument("--count", type=int, default=4000, help="requests to each service")
    arguments = parser.parse_args()
    seed = time.time_ns() % 1_000_000 if arguments.seed is None else arguments.seed
    try:
        programs = {name: peer.build(contract, [folder, arguments.googleapis], arguments.build / name)
                    for name, contract, folder in (
                        ("mirror", "mirror.proto", HERE),
                        ("registry", "welfare/registry/v1/registry_service.proto", ROOT / "protos"))}
    except peer.PeerError as error:
        sys.exit(str(error))
    binary, tally = arguments.bin.resolve(), Tally()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peer-")))
        address, thing, got = stack.enter_context(mirror(folder, arguments.googleapis))

        ours = stack.enter_context(our_gateway(
            binary, folder / "one", f"--peer-registry=unix:{folder}/none",
            f"--descriptor-set={folder}/mirror.pb", f"--backend=mirror.v1.Mirror={address}"))
        theirs = stack.enter_context(Program(folder, programs["mirror"], f"--backend={address}"))
        compare("mirror", questions.Mirror(thing), ours.find(HTTP), "127.0.0.1:" + theirs.find(r"listening (\d+)"),
                thing, got, seed, arguments.count, tally)

        address = stack.enter_context(registry(binary, folder))
        ours = stack.enter_context(our_gateway(binary, folder / "two", f"--peer-registry={address}"))
        theirs = stack.enter_context(Program(folder, programs["registry"], f"--backend={address}"))
        compare("registry", questions.Registry(), ours.find(HTTP), "127.0.0.1:" + theirs.find(r"listening (\d+)"),
                None, [], seed, arguments.count, tally)
    for name, count in sorted(tally.by_difference.items()):
        print(f"{count:6} {name}")
    print(f"{tally.asked} requests by seed {seed}: {tally.wrong} answered otherwise than they may be")
    sys.exit(1 if tally.wrong else 0)


if __name__ == "__main__":
    main()
