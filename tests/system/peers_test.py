#!/usr/bin/python3
"""Five processes that speak mutual TLS with each other: the product works, and
nobody else is listened to, or called, in the place of one of them.

usage: peers_test.py
"""

import os
import socket
import ssl
import tempfile
import unittest

import harness  # finds tests/support
import certificates

REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


class Peers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wpeers-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.authority = certificates.Authority(folder.name, "processes")
        cls.product = harness.Product(harness.FIVE, processes=cls.authority)
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.load()

    @classmethod
    def tearDownClass(cls):
        cls.product.stop()

    def value(self):
        return self.product.http.get("/v1/surveys/jusou/indicators/plan_formulated/values/2025")

    def test_a_round_goes_through(self):
        self.assertEqual(self.value()["cells"][0]["count"], 23)
        report = self.product.ctl("report", "create", "--fiscal-year", "2025", "--output", "json")
        self.assertIn("reports/", report.stdout)

    def reflects(self, address, identity):
        """Whether it says which services it has."""
        import grpc
        with harness.channel_to(address, identity) as channel:
            ask = channel.stream_stream(REFLECTION)
            try:
                # list_services: ""
                return b"ServerReflection" in next(ask(iter([b"\x3a\x00"]), timeout=5))
            except grpc.RpcError:
                return False

    def test_a_service_speaks_to_no_stranger(self):
        gateway = self.product.identity("gateway")
        name, key = self.authority.issue("batch.example", "clientAuth")
        other = certificates.Authority(self.folder, "others")
        forged, forged_key = other.issue("gateway.welfare.internal", "serverAuth,clientAuth")
        ca = {"peer_ca_file": self.authority.certificate}
        strangers = {
            "plain": {},
            "no certificate": ca,
            "the name of no process": {**ca, "peer_cert_file": name, "peer_key_file": key},
            "another authority": {**ca, "peer_cert_file": forged, "peer_key_file": forged_key},
            "a process that does not call it": self.product.identity("report"),
        }
        for service in harness.SERVICES:
            address = self.product.address(service)
            with self.subTest(service=service):
                self.assertEqual(harness.health(address, identity=gateway), "SERVING")
                self.assertTrue(self.reflects(address, gateway))
            for what, identity in strangers.items():
                if identity == self.product.identity("report") and service != "report":
                    continue
                with self.subTest(service=service, what=what):
                    self.assertIsNone(harness.health(address, identity=identity))
                    self.assertFalse(self.reflects(address, identity))

    def test_an_impostor_is_called_by_nobody(self):
        # A process of the platform, in good order, in the place of another.
        product = self.product
        address = product.address("registry")
        product.stop_service("registry")
        impostor = harness.Process(
            "welfare-survey",
            product._flags(listen=address, data_dir=product.folder / "impostor",
                           peer_registry=address, **product.identity("survey")),
            product.folder / "impostor.log", product.environment)
        try:
            impostor.logged("module serves")
            self.assertEqual(product.http.send("GET", "/v1/municipalities/131016").status, 503)
            refused = product.gateway.logged("another process was refused")
            self.assertIn("survey.welfare.internal", refused["names"])
        finally:
            impostor.kill()
        product.start_service("registry")
        product.wait_until_serving("registry")
        harness.wait_for(
            lambda: product.http.send("GET", "/v1/municipalities/131016").status == 200,
            "the registry to be called again")

    def test_an_impostor_does_not_start(self):
        identity = {**self.product.identity("registry"),
                    **{name: self.product.identity("survey")[name]
                       for name in ("peer_cert_file", "peer_key_file")}}
        done = harness.Process(
            "welfare-registry", self.product._flags(listen="127.0.0.1:0", **identity),
            self.product.folder / "wrong.log", self.product.environment)
        self.assertEqual(done.child.wait(20), 1)
        self.assertIn("TLS_PROCESS_NAME", done.log())

    def shown_serial(self, service):
        """The number of the certificate that a new caller is shown."""
        identity = self.product.identity("gateway")
        context = ssl.create_default_context(cafile=identity["peer_ca_file"])
        context.load_cert_chain(identity["peer_cert_file"], identity["peer_key_file"])
        context.set_alpn_protocols(["h2"])
        host, port = self.product.address(service).rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=20) as plain:
            name = f"{service}.welfare.internal"
            with context.wrap_socket(plain, server_hostname=name) as stream:
                return stream.getpeercert()["serialNumber"]

    def test_renewed_certificates_are_shown_without_a_restart(self):
        before = {service: self.shown_serial(service) for service in harness.SERVICES}
        for module in harness.PEERS:
            self.authority.issue(f"{module}.welfare.internal", "serverAuth,clientAuth")
        for service in harness.SERVICES:
            harness.wait_for(lambda s=service: self.shown_serial(s) != before[s],
                             f"{service} to show its new certificate")
        self.assertEqual(self.value()["cells"][0]["count"], 23)


if __name__ == "__main__":
    os.umask(0o077)
    unittest.main(verbosity=2)
