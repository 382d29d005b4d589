#!/usr/bin/python3
"""Who waits for a version disturbs nobody, and is told when the product stops.

usage: waiting_test.py one|five [sqlite|postgresql]
"""

import http.client
import select
import socket
import threading
import unittest

import grpc
import harness

SHAPE = harness.shape_from_command_line()
MANY = 500
# Calls that the gateway takes on one connection at once.
STREAMS = 100
# Never reached.
FAR = 1_000_000_000
READS = (f"/v1/municipalities/131016?minVersion={FAR}",
         f"/v1/municipalities?minVersion={FAR}",
         f"/v1/surveys/jusou/rounds/2025/indicatorValues?minVersion={FAR}")
WATCHED = ("registry", "survey", "indicator", "report")
# The gateway asks once more, and then nobody may be there of a service of one
# process.
TOLD = b"SHUTTING_DOWN" if SHAPE == harness.ONE else b"SHUTTING_DOWN|BACKEND_UNAVAILABLE"


class Waiting(unittest.TestCase):
    """A crowd of its own for each test: reads over HTTP, watchers over gRPC."""

    def setUp(self):
        self.product = harness.Product(SHAPE)
        self.addCleanup(self.product.abandon)
        self.product.start()
        self.sockets = []
        self.addCleanup(lambda: [each.close() for each in self.sockets])

    def wait_in_reads(self, count):
        host, port = self.product.http.host, self.product.http.port
        for number in range(count):
            connection = socket.create_connection((host, port))
            connection.sendall(f"GET {READS[number % len(READS)]} HTTP/1.1\r\n"
                               f"Host: {host}\r\n\r\n".encode())
            self.sockets.append(connection)

    def watch(self, count):
        """Opens watchers and returns them when each was told something."""
        watchers = []
        for number in range(count):
            if number % STREAMS == 0:
                channel = grpc.insecure_channel(
                    self.product.grpc_address,
                    [("grpc.use_local_subchannel_pool", 1)])
                self.addCleanup(channel.close)
            service = WATCHED[number % len(WATCHED)]
            method = channel.unary_stream(
                f"/welfare.{service}.v1.{service.capitalize()}Service/WatchVersions")
            watchers.append(method(b""))
        for watcher in watchers:
            next(watcher)
        return watchers

    def test_a_crowd_disturbs_no_bystander(self):
        self.product.load()
        self.wait_in_reads(MANY)
        self.watch(MANY)
        client = self.product.http
        self.assertEqual(len(client.list("/v1/municipalities", "municipalities")), 62)
        self.assertTrue(client.get("/v1/surveys/jusou/rounds/2025/progress"))
        made, page, _ = self.product.report()
        self.assertIn("架空", page.decode("utf-8"))
        self.assertIn(made["name"], [r["name"] for r in client.list("/v1/reports", "reports")])
        answered, _, _ = select.select(self.sockets, [], [], 0)
        self.assertLess(len(answered), MANY)

    def test_who_waits_is_told_that_the_product_stops(self):
        watchers = self.watch(40)
        self.wait_in_reads(40)
        self.product.http.get("/v1/municipalities")
        ends = []
        stopper = threading.Thread(target=lambda: ends.append(self.stop_services()))
        stopper.start()
        for connection in self.sockets:
            connection.settimeout(30)
            reply = http.client.HTTPResponse(connection)
            reply.begin()
            self.assertEqual(reply.status, 503)
            self.assertRegex(reply.read(), TOLD)
        for watcher in watchers:
            with self.assertRaises(grpc.RpcError) as ended:
                for _ in watcher:
                    pass
            self.assertEqual(ended.exception.code(), grpc.StatusCode.UNAVAILABLE)
        stopper.join()

    def stop_services(self):
        if SHAPE == harness.ONE:
            self.product.stop()
            return
        for service in reversed(harness.SERVICES):
            self.product.stop_service(service)


if __name__ == "__main__":
    harness.engine_from_command_line()
    unittest.main(verbosity=2)
