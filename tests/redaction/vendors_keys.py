"""Secrets of several lines: private keys, key files, credential files and dumps."""

import base64
import json
import random
from collections.abc import Callable
from functools import partial
from typing import Final

from tests.redaction.vendors_model import Kind, Shape, Specimen, characters, of_rows

_DASHES: Final = "-" * 5


def _armoured(label: str, body: list[str], headers: tuple[str, ...] = ()) -> list[str]:
    """Write an armour around a body; put together so that no scanner takes this file for a key."""
    begin, end = (f"{_DASHES}{word} {label}{_DASHES}" for word in ("BEGIN", "END"))
    return [begin, *headers, *body, end]


def _body(rng: random.Random, head: str, count: int, width: int) -> list[str]:
    padding = "=" * (count % 3)
    drawn = count - count % 4 - len(padding) - len(head)
    text = head + characters(rng, "b", drawn) + padding
    return [text[at : at + width] for at in range(0, len(text), width)]


def _pem(
    label: str, head: str, low: int, high: int, width: int, headers: tuple[str, ...] = ()
) -> Callable[[random.Random], tuple[list[str], list[str]]]:
    """Give a maker of a key's lines and of those lines of it that are secret."""

    def make(rng: random.Random) -> tuple[list[str], list[str]]:
        body = _body(rng, head, rng.randint(low, high), width)
        return _armoured(label, body, headers), body

    return make


_Make = Callable[[random.Random], tuple[list[str], list[str]]]

_RSA: Final = _pem("RSA PRIVATE KEY", "MIIEpAIBAAKCAQEA", 1588, 1592, 64)
_PKCS8: Final = _pem("PRIVATE KEY", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", 1620, 1624, 64)
_ED25519: Final = _pem("PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEI", 60, 64, 64)
_EC: Final = _pem("EC PRIVATE KEY", "MHcCAQEEI", 160, 164, 64)
_OPENSSH: Final = _pem(
    "OPENSSH PRIVATE KEY", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ", 380, 400, 70
)

_PLAIN: Final[tuple[tuple[str, str, _Make], ...]] = (
    ("RSA private key", "RFC 8017, RFC 7468 armour", _RSA),
    (
        "RSA 4096 private key",
        "RFC 8017, RFC 7468 armour",
        _pem("RSA PRIVATE KEY", "MIIJKAIBAAKCAgEA", 2900, 3000, 64),
    ),
    ("EC private key", "RFC 5915", _EC),
    ("PKCS8 private key", "RFC 5208", _PKCS8),
    ("Ed25519 private key", "RFC 8410: 64 characters", _ED25519),
    ("OpenSSH private key", "OpenSSH, PROTOCOL.key", _OPENSSH),
    ("DSA private key", "OpenSSL", _pem("DSA PRIVATE KEY", "MIIBuwIBAAKBgQ", 600, 640, 64)),
    (
        "Encrypted PKCS8 private key",
        "RFC 5958",
        _pem("ENCRYPTED PRIVATE KEY", "MIIFHDBOBgkqhkiG9w0BBQ0w", 1700, 1760, 64),
    ),
    (
        "Encrypted RSA private key",
        "RFC 1421 headers, OpenSSL",
        _pem(
            "RSA PRIVATE KEY",
            "",
            1588,
            1592,
            64,
            ("Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,5E1F0A9B", ""),
        ),
    ),
    (
        "PGP private key",
        "RFC 9580",
        _pem("PGP PRIVATE KEY BLOCK", "lQVYBGX", 2600, 2800, 64, ("Version: GnuPG v2", "")),
    ),
)


def _whole(make: _Make, rng: random.Random) -> Specimen:
    lines, secret = make(rng)
    return Specimen("\n".join(lines), tuple(secret))


def _indented(make: _Make, rng: random.Random) -> Specimen:
    lines, secret = make(rng)
    shown = ["tls:", "  key: |", *("    " + line for line in lines), "  port: 443"]
    return Specimen("\n".join(shown), tuple(secret))


def _windows_lines(make: _Make, rng: random.Random) -> Specimen:
    lines, secret = make(rng)
    return Specimen("\r\n".join(lines), tuple(secret))


def _cut_off(make: _Make, rng: random.Random) -> Specimen:
    """Show what `head -5` leaves of a key: it begins and never ends."""
    lines, secret = make(rng)
    return Specimen("\n".join(lines[:5]), tuple(secret[:4]))


def _in_variable(make: _Make, rng: random.Random) -> Specimen:
    lines, secret = make(rng)
    return Specimen('PRIVATE_KEY="' + "\n".join(lines) + '"', tuple(secret))


def _escaped(make: _Make, rng: random.Random) -> Specimen:
    """Write a key as one JSON string, its lines parted by backslash and n."""
    lines, secret = make(rng)
    text = '{"name": "ci", "key": ' + json.dumps("\n".join(lines) + "\n") + "}"
    return Specimen(text, tuple(secret))


def _on_one_line(make: _Make, rng: random.Random) -> Specimen:
    lines, secret = make(rng)
    return Specimen("SSH_KEY=" + " ".join(lines), tuple(secret))


def _encoded(make: _Make, rng: random.Random) -> Specimen:
    lines, _ = make(rng)
    text = base64.b64encode("\n".join(lines).encode()).decode()
    return Specimen(f"DEPLOY_KEY={text}", (text,))


def _service_account(rng: random.Random) -> Specimen:
    lines, secret = _PKCS8(rng)
    document = {
        "type": "service_account",
        "project_id": "shop-1234",
        "private_key_id": characters(rng, "h", 40),
        "private_key": "\n".join(lines) + "\n",
        "client_email": "ci@shop-1234.iam.example.com",
        "token_uri": "https://oauth2.example.com/token",
    }
    return Specimen(json.dumps(document, indent=2), tuple(secret))


def _putty(rng: random.Random) -> Specimen:
    public = _body(rng, "AAAAC3NzaC1lZDI1NTE5", 68, 64)
    private = _body(rng, "", 48, 64)
    mac = characters(rng, "h", 64)
    lines = [
        "PuTTY-User-Key-File-3: ssh-ed25519",
        "Encryption: none",
        "Comment: ci",
        f"Public-Lines: {len(public)}",
        *public,
        f"Private-Lines: {len(private)}",
        *private,
        f"Private-MAC: {mac}",
    ]
    return Specimen("\n".join(lines), tuple(private))


_WRITTEN: Final[tuple[tuple[str, str, Callable[[random.Random], Specimen]], ...]] = (
    *((name, source, partial(_whole, make)) for name, source, make in _PLAIN),
    ("Indented RSA key", "YAML 1.2, literal block", partial(_indented, _RSA)),
    ("Indented OpenSSH key", "YAML 1.2, literal block", partial(_indented, _OPENSSH)),
    ("RSA key with Windows lines", "RFC 7468: any line ends", partial(_windows_lines, _RSA)),
    ("RSA key cut off", "RFC 7468, the first lines", partial(_cut_off, _RSA)),
    (
        "PKCS8 key in a variable",
        "dotenv, quoted values of several lines",
        partial(_in_variable, _PKCS8),
    ),
    ("RSA key in JSON", "RFC 8259", partial(_escaped, _RSA)),
    ("EC key in JSON", "RFC 8259", partial(_escaped, _EC)),
    ("Ed25519 key in JSON", "RFC 8259", partial(_escaped, _ED25519)),
    (
        "OpenSSH key on one line",
        "variables that lost their line ends",
        partial(_on_one_line, _OPENSSH),
    ),
    ("RSA key in base64", "CI services: keys in base64", partial(_encoded, _RSA)),
    ("GCP service account", "Google Cloud, service account keys", _service_account),
    ("PuTTY key", "PuTTY, appendix C: PPK version 3", _putty),
)

_FILES: Final = (
    (
        "AWS credentials file",
        "AWS CLI, configuration files",
        "[default]\naws_access_key_id = «AKIA{B16}»\naws_secret_access_key = «{b40}»\n"
        "aws_session_token = «IQoJb3JpZ2luX2Vj{b300}»\nregion = eu-west-1",
    ),
    (
        "Kubernetes secret",
        "Kubernetes, Secret",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\ndata:\n"
        "  password: «{Y15}»\n  api-token: «{Y30}»",
    ),
    (
        "Kubernetes secret, plain names",
        "Kubernetes, Secret",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\ndata:\n"
        "  settings: «{Y40}»\n  dsn: «{Y24}»",
    ),
    (
        "Kubernetes secret, string data",
        "Kubernetes, Secret",
        "kind: Secret\nmetadata:\n  name: web\nstringData:\n  password: «{q18}»\n  token: «{a40}»",
    ),
    (
        "HTTP request",
        "RFC 9112",
        "POST /v1/orders HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer «{w64}»\r\n"
        "Cookie: lang=en; session=«{a40}»\r\nContent-Length: 0\r\n",
    ),
    (
        "HTTP answer",
        "RFC 6265, RFC 6749",
        "HTTP/1.1 200 OK\nContent-Type: application/json\nSet-Cookie: session=«{a40}»; Secure\n\n"
        '{"access_token":"«{w60}»","refresh_token":"«{w48}»","expires_in":3600}',
    ),
    (
        "curl over lines",
        "curl(1)",
        "curl https://api.example.com/v1 \\\n  -H 'Accept: application/json' \\\n"
        "  -H 'Authorization: Bearer «{w48}»' \\\n  --data '{}'",
    ),
    (
        "dotenv file",
        "dotenv",
        "# production\nDEBUG=false\nPORT=8000\nDB_PASS=«{q16}»\nSMTP_HOST=mail.example.com\n"
        "SMTP_PASSWORD=\"«{p18}»\"\nSECRET_KEY='«{j50}»'\nLOG_LEVEL=info",
    ),
    (
        "netrc file",
        "inetutils, .netrc",
        "machine api.example.com\n  login ci\n  password «{q20}»",
    ),
    (
        "printenv",
        "coreutils, printenv",
        "HOME=/home/dev\nGITHUB_TOKEN=«ghp_{a36}»\nSHLVL=1\nNPM_CONFIG_TOKEN=«{g1}»\nTERM=xterm",
    ),
    (
        "Rails database file",
        "Rails guides, database.yml",
        "production:\n  adapter: mysql2\n  username: app\n  password: '«{p16}»'\n  host: db",
    ),
    (
        "docker inspect",
        "Docker CLI, inspect",
        '"Env": [\n    "PATH=/usr/local/bin:/usr/bin",\n    "POSTGRES_PASSWORD=«{q20}»",\n'
        '    "API_KEY=«{h32}»"\n]',
    ),
)

BLOCKS: Final[tuple[Kind, ...]] = (
    *(Kind(name, source, Shape.BLOCK, make) for name, source, make in _WRITTEN),
    *of_rows(Shape.BLOCK, _FILES),
)
