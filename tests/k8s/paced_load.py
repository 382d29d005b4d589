"""Requests that may be repeated, at a steady rate from a caller in a place of
its own, through whichever gateway says that it is ready: what a balancer and a
client of HTTP do, and what came of it."""

import collections
import contextlib
import http.client
import json
import socket
import ssl
import threading
import time
import uuid

READS = ("/v1/municipalities/131016", "/v1/municipalities?pageSize=20", "/v1/programs",
         "/v1/surveys/jusou/indicators", "/v1/surveys/jusou/rounds", "/v1/reports")
BANDS = ("under_5k", "over_5k")
THREADS = 20
# Of so many requests of a caller one is a write.
WRITES = 10


class Door:
    """The addresses of the gateways that are ready, looked at five times a
    second, as a balancer does."""

    def __init__(self, ready):
        """`ready` returns the addresses that are ready now."""
        self.ready, self.addresses = ready, ready()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.turn = 0

    def _look(self):
        while not self.ended.wait(0.2):
            self.addresses = self.ready() or self.addresses

    def next(self):
        self.turn += 1
        addresses = self.addresses
        return str(addresses[self.turn % len(addresses)])

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


class PacedLoad:
    """`rate` requests a second until it is left. A connection is kept; one that
    was closed while it was kept may be taken anew once, as HTTP allows for what
    may be repeated."""

    def __init__(self, door, caller, authority, token, codes, rate):
        self.door, self.caller, self.rate = door, caller, rate
        self.context = ssl.create_default_context(cafile=authority)
        self.headers = {"authorization": f"Bearer {token}"}
        self.codes = codes
        self.counts, self.resent, self.writes = collections.Counter(), 0, 0
        self.latest = 0.0  # seconds that a request was begun behind its time
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self._go, args=(number,)) for number in range(THREADS)]

    def __enter__(self):
        self.began = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()
        self.seconds = time.monotonic() - self.began

    def _connect(self):
        connection = http.client.HTTPSConnection("localhost", 7180, timeout=90, context=self.context)
        address = self.door.next()
        connection._create_connection = lambda *_: self.caller.inside(
            socket.create_connection, (address, 7180), 90)
        return connection

    def _request(self, turn, number):
        """Returns method, path and body."""
        if turn % WRITES:
            return "GET", READS[(turn + number) % len(READS)], None
        path = (f"/v1/municipalities/{self.codes[number]}?updateMask=populationBand&firstFiscalYear=2025"
                f"&reason=test&requestId={uuid.uuid4()}")
        return "PATCH", path, json.dumps({"populationBand": BANDS[turn // WRITES % 2]})

    def _go(self, number):
        connection, turn = None, 0
        due = self.began + number / self.rate
        while not self.ended.wait(max(0.0, due - time.monotonic())):
            turn += 1
            late = time.monotonic() - due
            request = self._request(turn, number)
            connection, outcome, resent = self._send(connection, *request)
            with self.lock:
                self.latest = max(self.latest, late)
                self.counts[outcome] += 1
                self.resent += resent
                self.writes += request[0] == "PATCH" and outcome == 200
            due += THREADS / self.rate
        if connection is not None:
            connection.close()

    def _send(self, connection, *request):
        """Returns the connection to keep or None, what it came to, and whether
        it was sent twice."""
        kept = connection is not None
        if kept:
            with contextlib.suppress(OSError, http.client.HTTPException):
                return *self._ask(connection, *request), False
            connection.close()
        connection = self._connect()
        try:
            return *self._ask(connection, *request), kept
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return None, f"{request[0]} {request[1].partition('?')[0]}: {error!r}", kept

    def _ask(self, connection, method, path, body):
        """Returns the connection to keep or None, and what it came to."""
        connection.request(method, path, body, {**self.headers, **({"content-type": "application/json"} if body else {})})
        reply = connection.getresponse()
        text = reply.read()
        if reply.will_close:
            connection.close()
            connection = None
        return connection, (200 if reply.status == 200 else f"{method} {path.partition('?')[0]}: {reply.status} {text[:200]}")
