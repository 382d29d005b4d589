#!/usr/bin/python3
"""The whole product behind TLS, asked by welfarectl and over HTTP: a round is
loaded and read with a client certificate, and whoever has none, or trusts
somebody else, is told so in a sentence.

usage: tls_test.py one|five [sqlite|postgresql]
"""

import os
import ssl
import tempfile
import unittest

import harness  # finds tests/support
import certificates


class Tls(unittest.TestCase):
    shape = harness.shape_from_command_line()

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wtls-")
        cls.addClassCleanup(folder.cleanup)
        cls.servers = certificates.Authority(folder.name, "servers")
        cls.clients = certificates.Authority(folder.name, "clients")
        cls.certificate, cls.key = cls.servers.issue("gateway.example", "serverAuth")
        cls.own, cls.own_key = cls.clients.issue("batch.example", "clientAuth")
        context = ssl.create_default_context(cafile=cls.servers.certificate)
        context.load_cert_chain(cls.own, cls.own_key)
        cls.product = harness.Product(
            cls.shape, tls=context,
            environment={"WELFARE_CA_FILE": str(cls.servers.certificate),
                         "WELFARE_CERT_FILE": str(cls.own), "WELFARE_KEY_FILE": str(cls.own_key)},
            gateway_settings={"tls_cert_file": cls.certificate, "tls_key_file": cls.key,
                              "tls_client_ca_file": cls.clients.certificate,
                              "tls_crl_file": cls.clients.crl()})
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.load()

    @classmethod
    def tearDownClass(cls):
        cls.product.stop()

    def ctl(self, *arguments, server=None, **environment):
        """Runs one read with another environment; an empty value takes one away."""
        product = self.product
        before = product.environment, product.grpc_address
        product.environment = {name: value for name, value in {**before[0], **environment}.items()
                               if value}
        product.grpc_address = server or product.grpc_address
        try:
            return product.ctl(*arguments, "roster", "show", "--fiscal-year", "2025", check=False)
        finally:
            product.environment, product.grpc_address = before

    def assert_says(self, done, reason):
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(f": {reason}\n", done.stderr)
        # A sentence and its reason, nothing of gRPC's own.
        self.assertEqual(len(done.stderr.splitlines()), 2, done.stderr)

    def test_a_round_goes_through(self):
        self.assertEqual(self.ctl().returncode, 0)
        value = self.product.http.get("/v1/surveys/jusou/indicators/plan_formulated/values/2025")
        self.assertEqual(value["cells"][0]["count"], 23)
        report = self.product.ctl("report", "create", "--fiscal-year", "2025", "--output", "json")
        self.assertIn("reports/", report.stdout)

    def test_whoever_shows_no_good_certificate_is_told(self):
        self.assert_says(self.ctl(WELFARE_CERT_FILE="", WELFARE_KEY_FILE=""), "CLIENT_NOT_ACCEPTED")
        stranger, key = self.servers.issue("stranger.example", "clientAuth")
        done = self.ctl(WELFARE_CERT_FILE=str(stranger), WELFARE_KEY_FILE=str(key))
        self.assert_says(done, "CLIENT_NOT_ACCEPTED")
        gateway = self.product.gateway.logged("a client's certificate was refused")
        self.assertIn("certificate", gateway["why"])

    def test_a_server_that_is_not_trusted_is_told_from_one_of_another_name(self):
        self.assert_says(self.ctl(WELFARE_CA_FILE=str(self.clients.certificate)),
                         "SERVER_NOT_TRUSTED")
        port = self.product.grpc_address.rsplit(":", 1)[1]
        # The same address by a name that no certificate has.
        self.assert_says(self.ctl(server=f"localhost:{port}"), "SERVER_NAME_MISMATCH")

    def test_plain_and_tls_are_told_apart(self):
        done = self.ctl(WELFARE_CA_FILE="", WELFARE_CERT_FILE="", WELFARE_KEY_FILE="")
        self.assert_says(done, "CONNECTION_CLOSED")
        self.assert_says(self.ctl(server=self.product.admin_address), "SERVER_WITHOUT_TLS")
        japanese = self.ctl("--lang", "ja", server=self.product.admin_address)
        self.assertIn("TLSに対応していません", japanese.stderr)

    def test_files_that_cannot_be_used_are_told(self):
        done = self.ctl(WELFARE_KEY_FILE=str(self.key))
        self.assert_says(done, "TLS_FILES_UNUSABLE")
        self.assert_says(self.ctl(WELFARE_CA_FILE="/nowhere/ca.pem"), "FILE_UNREADABLE")
        done = self.ctl(WELFARE_CA_FILE="")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("ARGUMENT_", done.stderr)

    def test_a_renewed_certificate_is_served_without_a_restart(self):
        certificate, key = self.servers.issue("gateway.example", "serverAuth")  # in the same files
        self.assertEqual((certificate, key), (self.certificate, self.key))
        self.product.gateway.logged("TLS files were read again")
        self.assertEqual(self.ctl().returncode, 0)


if __name__ == "__main__":
    os.umask(0o077)
    unittest.main(verbosity=2)
