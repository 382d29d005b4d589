"""Certificates, made by openssl while a test or a measurement runs."""

import pathlib
import subprocess


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


class Authority:
    """An authority with a key of its own, in `folder`."""

    def __init__(self, folder, name):
        self.folder, self.name = pathlib.Path(folder), name
        self.certificate, self.key = self._path("pem"), self._path("key")
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", self.key, "-out", self.certificate, "-days", 2, "-subj", f"/CN={name}",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def _path(self, kind, name=None):
        return self.folder / f"{self.name if name is None else self.name + '-' + name}.{kind}"

    def issue(self, name, usage, rsa_bits=None):
        """Returns the files of a certificate of `name` (a DNS name) and its key."""
        certificate, key = self._path("pem", name), self._path("key", name)
        request, extensions = self._path("csr", name), self._path("ext", name)
        extensions.write_text(f"basicConstraints=critical,CA:FALSE\nextendedKeyUsage={usage}\n"
                              f"subjectAltName=DNS:{name},IP:127.0.0.1\n")
        kind = (("-newkey", f"rsa:{rsa_bits}") if rsa_bits
                else ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"))
        _openssl("req", *kind, "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                 "-CAcreateserial", "-days", 1, "-sha256", "-extfile", extensions, "-out", certificate)
        key.chmod(0o600)
        return certificate, key

    def crl(self):
        """Returns the file of a revocation list that revokes nothing."""
        crl, database, settings = self._path("crl"), self._path("index"), self._path("conf")
        database.write_text("")
        settings.write_text(f"[ca]\ndefault_ca=own\n[own]\ndatabase={database}\ndefault_md=sha256\n")
        _openssl("ca", "-gencrl", "-config", settings, "-cert", self.certificate, "-keyfile", self.key,
                 "-crldays", 1, "-out", crl)
        return crl
