#!/usr/bin/python3
"""What other systems build from streams over HTTP: a mirror that stays equal to
what the product exports while others write, events that a reader takes up again,
an import of lines and of a file as it is, a file in parts.

usage: streams_test.py one|five [sqlite|postgresql]
"""

import hashlib
import http.client
import json
import pathlib
import socket
import threading
import unittest
import uuid

import harness

SHAPE = harness.shape_from_command_line()
ROUND = "surveys/jusou/rounds/2025"
CHANGES = f"/v1/{ROUND}/changes:stream"
REGISTRY = "/v1/registry/changes:stream"
NDJSON = {"Content-Type": "application/x-ndjson"}


class Stream:
    """A stream over HTTP, line by line as it comes."""

    def __init__(self, client, path, headers=None):
        self.connection = http.client.HTTPConnection(client.host, client.port, timeout=60)
        self.connection.request("GET", path, headers=headers or {})
        self.response = self.connection.getresponse()
        if self.response.status != 200:
            raise AssertionError(f"{path}: {self.response.status} {self.response.read()}")

    def lines(self):
        while line := self.response.readline():
            yield line.decode("utf-8").rstrip("\n")

    def messages(self):
        for line in self.lines():
            message = json.loads(line)
            if "result" not in message:
                self.end = message
                return
            yield message["result"]
        raise AssertionError("the stream has no end")

    def events(self):
        """(id, type, data) of each."""
        fields = {}
        for line in self.lines():
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
            elif "data" in fields:
                yield fields.get("id"), fields.get("event"), json.loads(fields["data"])
                fields = {}

    def close(self):
        self.response.close()
        self.connection.close()


class Mirror:
    """What a round's changes make, one after the other."""

    def __init__(self):
        self.submissions, self.revision = {}, 0

    def take(self, message):
        for change in message["changes"]:
            if "submission" in change:
                self.submissions[change["submission"]["name"]] = change["submission"]
            self.submissions.pop(change.get("deleted"), None)
        self.revision = int(message["roundRevision"])


class Streams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.product = harness.Product(SHAPE)
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.load()
        cls.http = cls.product.http

    def stream(self, path, headers=None):
        stream = Stream(self.http, path, headers)
        self.addCleanup(stream.close)
        return stream

    def exported(self):
        return {one["name"]: one for one in self.http.list(
            f"/v1/{ROUND}/submissions", "submissions", full="true")}

    def write(self, count):
        """Changes the round, a few submissions at a time."""
        names = sorted(self.exported())
        for number in range(count):
            name = names[number * 7 % len(names)]
            reply = self.http.send("PATCH", f"/v1/{name}?updateMask=header",
                                   {"header": {"department": f"架空課 {uuid.uuid4()}"}})
            if reply.status != 200:
                reply = self.http.send("POST", f"/v1/{name}:return", {"reason": "test"})
                self.assertIn(reply.status, (200, 400), reply.body)

    def test_a_mirror_equals_the_export_while_others_write(self):
        mirror, seen = Mirror(), threading.Event()
        stream = self.stream(f"{CHANGES}?follow=true")
        target = []

        def follow():
            for message in stream.messages():
                mirror.take(message)
                if target and mirror.revision >= target[0]:
                    return seen.set()

        reader = threading.Thread(target=follow, daemon=True)
        reader.start()
        writers = [threading.Thread(target=self.write, args=(20,)) for _ in range(3)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        target.append(int(self.http.get(f"/v1/{ROUND}")["revision"]))
        # One more, so that the reader looks at it.
        self.write(1)
        self.assertTrue(seen.wait(30))
        # And from where it stands, to the end that it is told.
        rest = self.stream(f"{CHANGES}?afterRevision={mirror.revision}")
        for message in rest.messages():
            mirror.take(message)
        self.assertIn("end", rest.end)
        exported = self.exported()
        self.assertEqual(mirror.submissions.keys(), exported.keys())
        for name, submission in exported.items():
            # Who handed it in is personal, and not told with changes.
            told = {**mirror.submissions[name], "header": submission["header"]}
            self.assertEqual(told, submission)
        self.assertGreater(len(exported), 60)

    def test_events_go_on_where_the_reader_was(self):
        events = {"Accept": "text/event-stream"}
        ids, last = [], None
        while True:
            headers = dict(events, **({"Last-Event-ID": last} if last else {}))
            stream = Stream(self.http, REGISTRY + "?afterVersion=0", headers)
            id_, kind, data = next(stream.events())
            stream.close()  # after each one, as on a bad line
            if kind == "end" or not data["result"]["changes"]:
                break
            self.assertGreater(int(id_), int(last or 0))
            self.assertEqual(id_, data["result"]["version"])
            ids.append(id_)
            last = id_
            if len(ids) == 20:
                break
        whole = [message["version"] for message in
                 self.stream(REGISTRY).messages() if message["changes"]]
        self.assertEqual(whole[:len(ids)], ids)

    def test_the_registry_is_mirrored_too(self):
        names, version = {}, 0
        for message in self.stream(REGISTRY).messages():
            for change in message["changes"]:
                if "municipality" in change:
                    names[change["municipality"]["name"]] = change["municipality"]["displayName"]
                names.pop(change.get("deleted"), None)
            version = int(message["version"])
        self.assertEqual(version, int(self.http.get("/v1/registryState")["version"]))
        listed = self.http.list("/v1/municipalities", "municipalities")
        self.assertEqual(names, {one["name"]: one["displayName"] for one in listed})

    def test_watchers_are_told_of_a_write(self):
        watcher = self.stream(f"/v1/survey/versions:watch?resources={ROUND}")
        messages = watcher.messages()
        first = int(next(messages)["entries"][0]["version"])
        self.write(1)
        while True:
            entries = next(messages)["entries"]
            if entries and int(entries[0]["version"]) > first:
                break

    def test_the_columns_of_a_round_are_a_stream(self):
        header, *columns = self.stream(f"/v1/{ROUND}/columns:stream").messages()
        self.assertEqual(header["header"]["columns"],
                         len({column["column"]["item"] + "/" + column["column"].get("row", "")
                              for column in columns}))

    def test_imports_take_lines_and_files(self):
        text = (harness.DATA / "registry/data/municipalities.csv").read_text("utf-8")
        head, *records = text.splitlines(keepends=True)
        batches = [{"requestId": str(uuid.uuid4()), "validateOnly": True,
                    "batch": {"csv": head + "".join(records[at:at + 20])}}
                   for at in range(0, len(records), 20)]
        reply = self.http.send("POST", "/v1/municipalities:import",
                               "\n".join(map(json.dumps, batches)), NDJSON)
        self.assertEqual(reply.status, 200, reply.body)
        *results, end = map(json.loads, reply.body.splitlines())
        self.assertEqual(end, {"end": {"count": len(batches)}})
        self.assertEqual([one["result"]["requestId"] for one in results],
                         [one["requestId"] for one in batches])
        self.assertEqual(sum(one["result"]["counts"]["unchanged"] for one in results),
                         len(records))
        # The same file as it is, by the twin of the stream.
        reply = self.http.send(
            "POST", "/v1/municipalities:batchImport?validateOnly=true&batch.sourceFile=m.csv",
            text, {"Content-Type": "text/csv"})
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(json.loads(reply.body)["counts"]["unchanged"], len(records))
        # The first batch may have been answered when the second is looked at.
        try:
            body = self.http.send("POST", "/v1/municipalities:import",
                                  json.dumps(batches[0]) + "\n{\n", NDJSON).body
        except http.client.IncompleteRead as cut:
            body = cut.partial
        self.assertEqual(json.loads(body.splitlines()[-1])["error"]["details"][0]["metadata"],
                         {"line": "2"})

    def memory(self):
        """Bytes that the process of the gateway holds."""
        status = pathlib.Path(f"/proc/{self.product.gateway.pid}/status").read_text("utf-8")
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    def open(self, request):
        connection = socket.create_connection((self.http.host, self.http.port), timeout=60)
        self.addCleanup(connection.close)
        connection.sendall(request.replace("\n", "\r\n").encode())
        return connection

    def test_a_crowd_of_streams_disturbs_nobody(self):
        before = self.memory()
        crowd = []
        for number in range(500):
            service = harness.SERVICES[number % len(harness.SERVICES)]
            accept = "text/event-stream" if number % 2 else "*/*"
            crowd.append(self.open(f"GET /v1/{service}/versions:watch HTTP/1.1\n"
                                   f"Host: a\nAccept: {accept}\n\n"))
        for connection in crowd:
            got = b""
            while b'{"result":' not in got:
                part = connection.recv(65536)
                self.assertTrue(part, got)
                got += part
        # Some never read what is large, and some send half a line.
        for _ in range(50):
            self.open(f"GET {CHANGES} HTTP/1.1\nHost: a\n\n")
            self.open("POST /v1/municipalities:import HTTP/1.1\nHost: a\n"
                      "Content-Type: application/x-ndjson\nContent-Length: 1000000\n\n"
                      '{"batch":{"csv":"')
        self.assertEqual(len(self.http.list("/v1/municipalities", "municipalities")), 62)
        self.assertEqual(self.http.send("GET", "/healthz").status, 200)
        self.assertTrue(self.http.get(f"/v1/{ROUND}/progress"))
        if SHAPE == harness.FIVE:
            self.assertLess(self.memory() - before, 64 * 1024 * 1024)

    def test_a_report_is_read_in_parts(self):
        made, page, _ = self.product.report()
        path = f"/v1/{made['name']}:download?format=html"
        whole = self.http.send("GET", path)
        etag = whole.headers["etag"]
        digest = hashlib.sha256(page).hexdigest()
        self.assertEqual(etag, f'"{digest}"')
        got = b""
        while len(got) < len(page):
            part = self.http.send("GET", path, headers={
                "Range": f"bytes={len(got)}-{len(got) + 99_999}", "If-Range": etag})
            self.assertEqual(part.status, 206)
            self.assertRegex(part.headers["content-range"], f"^bytes {len(got)}-.*/{len(page)}$")
            got += part.body
        self.assertEqual(hashlib.sha256(got).hexdigest(), digest)
        self.assertEqual(self.http.send("GET", path, headers={"If-None-Match": etag}).status, 304)
        self.assertEqual(
            self.http.send("GET", path, headers={"Range": f"bytes={len(page)}-"}).status, 416)


if __name__ == "__main__":
    harness.engine_from_command_line()
    unittest.main(verbosity=2)
