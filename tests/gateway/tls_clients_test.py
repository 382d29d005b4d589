#!/usr/bin/python3
"""The gateway's binary behind TLS, for programs that are not ours: curl over both
versions of HTTP, Python's ssl, Debian's grpcio; and what it says of TLS settings
that cannot be used.

usage: tls_clients_test.py GATEWAY
"""

import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

GATEWAY = sys.argv[1]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import certificates  # noqa: E402


class TlsClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wtls-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.servers = certificates.Authority(cls.folder, "servers")
        cls.clients = certificates.Authority(cls.folder, "clients")
        cls.certificate, cls.key = cls.servers.issue("localhost", "serverAuth")
        cls.own, cls.own_key = cls.clients.issue("batch.example", "clientAuth")
        log = open(cls.folder / "log", "w+", encoding="utf-8")
        cls.addClassCleanup(log.close)
        cls.process = subprocess.Popen(
            [GATEWAY, *cls.listeners(), *cls.tls_flags(), "--tls-client-cert=optional",
             "--log-format=json"], stderr=log, cwd=cls.folder)
        cls.addClassCleanup(cls.end)
        started = []
        for _ in range(400):
            lines = [json.loads(line) for line in
                     (cls.folder / "log").read_text("utf-8").splitlines(keepends=True)
                     if line.endswith("\n")]
            started = [line for line in lines if line["message"] == "started"]
            if started:
                break
            time.sleep(0.05)
        cls.addresses = {line["listener"]: line["address"] for line in lines
                         if line["message"] == "module serves"}
        cls.metrics = started[0]["metrics"]

    @classmethod
    def end(cls):
        cls.process.terminate()
        assert cls.process.wait(timeout=20) == 0

    @classmethod
    def listeners(cls):
        return ["--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0",
                "--ops-listen=127.0.0.1:0", f"--data-dir={cls.folder}/data"]

    @classmethod
    def tls_flags(cls, **other):
        files = {"cert": cls.certificate, "key": cls.key, "client-ca": cls.clients.certificate,
                 "crl": cls.clients.crl(), **other}
        return [f"--tls-{name}-file={path}" for name, path in files.items() if path]

    def curl(self, *flags, address="http"):
        port = self.addresses[address].rsplit(":", 1)[1]
        return subprocess.run(
            ["curl", "-sS", "-m", "20", "-w", "\n%{http_code} %{http_version}",
             "--cacert", self.servers.certificate, *flags, f"https://localhost:{port}/"],
            capture_output=True, text=True, check=False)

    def test_curl_over_both_versions(self):
        for address in ("grpc", "http"):
            for flags, version in ((("--http1.1",), "1.1"), (("--http2",), "2"),
                                   (("--no-alpn",), "1.1"), (("--tls-max", "1.2"), "2"),
                                   (("--cert", self.own, "--key", self.own_key), "2")):
                with self.subTest(address=address, flags=flags):
                    done = self.curl(*flags, address=address)
                    self.assertEqual((done.returncode, done.stdout.splitlines()[-1]),
                                     (0, f"200 {version}"), done)

    def test_curl_is_refused(self):
        other, other_key = self.servers.issue("nobody.example", "clientAuth")
        for flags in (("--tls-max", "1.1"), ("--cert", other, "--key", other_key),
                      ("--cacert", self.clients.certificate)):
            with self.subTest(flags=flags):
                self.assertNotEqual(self.curl(*flags).returncode, 0)

    def test_python_ssl(self):
        context = ssl.create_default_context(cafile=self.servers.certificate)
        context.set_alpn_protocols(["http/1.1"])
        host, port = self.addresses["http"].rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=20) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as stream:
                self.assertEqual((stream.version(), stream.selected_alpn_protocol()),
                                 ("TLSv1.3", "http/1.1"))
                stream.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                got = b""
                # Raises where the end comes without close_notify.
                while part := stream.recv(65536):
                    got += part
        self.assertTrue(got.startswith(b"HTTP/1.1 200 "), got)

    def test_grpcio(self):
        import grpc
        credentials = grpc.ssl_channel_credentials(
            self.servers.certificate.read_bytes(), self.own_key.read_bytes(), self.own.read_bytes())
        with grpc.secure_channel(self.addresses["grpc"], credentials) as channel:
            call = channel.unary_unary("/welfare.nothing.v1.NothingService/Get")
            with self.assertRaises(grpc.RpcError) as raised:
                call(b"", timeout=20)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.UNIMPLEMENTED)
        self.assertIn("routes no such gRPC service", raised.exception.details())

    def test_handshakes_are_counted(self):
        self.curl()
        done = subprocess.run(["curl", "-sS", f"http://{self.metrics}/metrics"], capture_output=True,
                              text=True, check=True)
        for pattern in (r'welfare_tls_handshakes_total\{result="done"\} [1-9]',
                        r'welfare_tls_certificate_expiry_timestamp_seconds\{toward="clients"\} \d',
                        r'welfare_tls_files_refused\{toward="clients"\} 0'):
            self.assertRegex(done.stdout, pattern)

    # --- settings -------------------------------------------------------------

    def verify(self, *flags, language="C"):
        return subprocess.run(
            [GATEWAY, *self.listeners(), *flags, "--verify-config"], capture_output=True, text=True,
            check=False, timeout=20, env={**os.environ, "LC_ALL": language})

    def test_good_settings_are_good(self):
        done = self.verify(*self.tls_flags())
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)

    def test_all_problems_are_said_at_once_in_both_languages(self):
        encrypted = self.folder / "encrypted.key"
        subprocess.run(["openssl", "pkey", "-in", self.key, "-aes256", "-passout", "pass:secret",
                        "-out", encrypted], check=True)
        encrypted.chmod(0o644)
        empty = self.folder / "empty.pem"
        empty.write_text("")
        flags = self.tls_flags(cert=self.own, key=encrypted, **{"client-ca": empty},
                               crl=self.folder / "none.crl")
        reasons = ("TLS_CERTIFICATE_PURPOSE", "TLS_KEY_EXPOSED", "TLS_KEY_ENCRYPTED", "TLS_CA_EMPTY",
                   "TLS_FILE_UNREADABLE")
        for language, words in (("C", "is encrypted, and nobody is there"),
                                ("ja_JP.UTF-8", "暗号化されています")):
            with self.subTest(language=language):
                done = self.verify(*flags, language=language)
                self.assertEqual(done.returncode, 1, done)
                lines = done.stderr.splitlines()
                self.assertEqual(len(lines), len(reasons), done.stderr)
                for line, reason in zip(lines, reasons):
                    self.assertTrue(line.endswith(f"[{reason}]"), line)
                self.assertIn(words, done.stderr)
        # A start says the same.
        done = subprocess.run([GATEWAY, *self.listeners(), *flags], capture_output=True, text=True,
                              check=False, timeout=20)
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, len(reasons)), done)

    def test_whoever_is_to_be_known_needs_tls(self):
        for address in ("0.0.0.0:7180", "127.0.0.1:7180"):
            done = subprocess.run([GATEWAY, "--auth=jwt", f"--http-listen={address}", "--verify-config"],
                                  capture_output=True, text=True, check=False, timeout=20)
            self.assertEqual(done.returncode, 2, done)
            self.assertIn("[PEERS_WITHOUT_TLS]", done.stderr)
            for listener in ("--listen", "--http-listen"):
                self.assertIn(f"{listener}: with --auth callers show tokens and keys, so it speaks TLS alone",
                              done.stderr)
        # Operators' health and reflection stay on this machine.
        done = subprocess.run([GATEWAY, *self.tls_flags(), "--auth=jwt",
                               "--admin-listen=0.0.0.0:7189", "--verify-config"],
                              capture_output=True, text=True, check=False, timeout=20)
        self.assertIn("--admin-listen: it is plain", done.stderr)

    def test_tls_opens_no_network(self):
        done = subprocess.run([GATEWAY, *self.tls_flags(), "--http-listen=0.0.0.0:7180",
                               "--verify-config"], capture_output=True, text=True, check=False,
                              timeout=20)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("only addresses of this machine", done.stderr)


if __name__ == "__main__":
    del sys.argv[1:2]
    os.environ.pop("http_proxy", None)
    os.environ.pop("https_proxy", None)
    unittest.main(verbosity=2)
