"""Tokens, signed by openssl while a test or a measurement runs: an issuer that
shares no code with ours."""

import base64
import json
import pathlib
import subprocess
import time

ISSUER, AUDIENCE = "https://id.example.jp/realms/welfare", "welfare"


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """One RSA key, in `folder`."""

    def __init__(self, folder, kid="key-1"):
        self.kid, self.key = kid, pathlib.Path(folder) / f"{kid}.pem"
        self._openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                      "-out", self.key)
        modulus = self._openssl("rsa", "-in", self.key, "-noout", "-modulus").decode()
        self.modulus = bytes.fromhex(modulus.partition("=")[2].strip())

    @staticmethod
    def _openssl(*arguments, data=None):
        return subprocess.run(["openssl", *map(str, arguments)], check=True, input=data,
                              capture_output=True, timeout=60).stdout

    def jwk(self):
        return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.kid,
                "n": _base64url(self.modulus), "e": "AQAB"}

    def token(self, *grants, subject="office", lifetime=3600, **claims):
        """A token of somebody with these grants."""
        header = {"alg": "RS256", "typ": "JWT", "kid": self.kid}
        now = int(time.time())
        payload = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now,
                   "exp": now + lifetime, "grants": grants, **claims}
        text = ".".join(_base64url(json.dumps(part).encode()) for part in (header, payload))
        signature = self._openssl("dgst", "-sha256", "-sign", self.key, data=text.encode())
        return f"{text}.{_base64url(signature)}"


def jwks(*issuers):
    return json.dumps({"keys": [issuer.jwk() for issuer in issuers]})


def settings(jwks_file):
    """What a gateway with `--auth jwt` needs to take the tokens."""
    return {"jwks_file": jwks_file, "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
