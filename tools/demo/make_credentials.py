#!/usr/bin/python3
"""Makes what a demonstration behind TLS needs, with the openssl command: an
authority and a certificate of the gateway, the keys of an identity provider
(a JWKS), and a token for each role, good for a day.

usage: make_credentials.py FOLDER

What is there already stays, except the tokens; nothing in it is for use
elsewhere. FOLDER is made for its owner alone:

  ca.pem                    whom clients trust
  gateway.pem, gateway.key  of localhost and 127.0.0.1
  jwks.json                 the keys that sign tokens
  ROLE.token                tokens of the roles in TOKENS
"""

import base64
import json
import pathlib
import subprocess
import sys
import time

ISSUER, AUDIENCE = "https://id.example/demo", "welfare"
# Who they are, and what they may. The loader is all that loading the
# demonstration takes.
TOKENS = {
    "registrar": {"grants": ["registrar@*"]},
    "manager": {"grants": ["manager@jusou"]},
    "reviewer": {"grants": ["reviewer@jusou"]},
    "respondent": {"grants": ["respondent@jusou"], "municipality_code": "131016",
                   "respondent_kind": "municipality"},
    # Of whom an editor would print something (excerpts.csv).
    "writer": {"grants": ["respondent@jusou"], "municipality_code": "131024",
               "respondent_kind": "municipality"},
    "auditor": {"grants": ["auditor@*"]},
    "loader": {"grants": ["registrar@*", "manager@jusou", "reviewer@jusou"]},
}
DAY = 24 * 3600
P256 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


def openssl(*arguments, given=None):
    done = subprocess.run(["openssl", *map(str, arguments)], input=given, capture_output=True,
                          timeout=60, check=False)
    if done.returncode != 0:
        raise SystemExit(f"openssl {arguments[0]}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def make_key(path):
    if not path.exists():
        path.touch(mode=0o600)
        openssl("genpkey", *P256, "-out", path)


def make_certificates(folder):
    authority, certificate = folder / "ca.pem", folder / "gateway.pem"
    if certificate.exists() and not expires_today(certificate):
        return
    for name in ("ca.key", "gateway.key"):
        make_key(folder / name)
    openssl("req", "-x509", "-key", folder / "ca.key", "-out", authority, "-days", 30,
            "-subj", "/CN=Welfare demonstration", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    request = openssl("req", "-new", "-key", folder / "gateway.key", "-subj", "/CN=localhost")
    extensions = folder / "gateway.ext"
    extensions.write_text("basicConstraints=critical,CA:FALSE\n"
                          "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
                          "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-CA", authority, "-CAkey", folder / "ca.key", "-CAcreateserial",
            "-days", 30, "-sha256", "-extfile", extensions, "-out", certificate, given=request)


def expires_today(certificate):
    return subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-checkend", str(DAY)],
                          capture_output=True, timeout=60, check=False).returncode != 0


def text(raw):
    """Base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def key_set(key, kid):
    """The JWKS of one key. Its public half ends with 04, x and y."""
    point = openssl("pkey", "-in", key, "-pubout", "-outform", "DER")[-64:]
    return {"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid,
                      "x": text(point[:32]), "y": text(point[32:])}]}


def signature(key, signed):
    """ES256 of `signed`: r and s of 32 bytes each, which openssl writes as DER."""
    der = openssl("dgst", "-sha256", "-sign", key, given=signed)
    size = der[3]
    r, s = der[4:4 + size], der[4 + size + 2:]
    return b"".join(number.lstrip(b"\0").rjust(32, b"\0") for number in (r, s))


def token(key, kid, claims):
    head = {"alg": "ES256", "typ": "JWT", "kid": kid}
    signed = ".".join(text(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    return f"{signed}.{text(signature(key, signed.encode()))}"


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    make_certificates(folder)
    key, kid = folder / "issuer.key", "demo"
    make_key(key)
    (folder / "jwks.json").write_text(json.dumps(key_set(key, kid), indent=1) + "\n")
    now = int(time.time())
    for name, claims in TOKENS.items():
        path = folder / f"{name}.token"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(token(key, kid, {"iss": ISSUER, "aud": AUDIENCE, "sub": f"demo-{name}",
                                         "iat": now, "exp": now + DAY, **claims}) + "\n")


if __name__ == "__main__":
    main()
