"""Real text that holds no secret, much of it about secrets or looking like them."""

import base64
import gzip
import hashlib
import random
import sysconfig
import traceback
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import files
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.redaction.clean_lines import LINES

_ROOT: Final = Path(__file__).resolve().parents[2]
_MOST: Final = 48_000  # characters of one source, so that none outweighs the others

# Chosen for passwords, tokens, keys, digests and addresses in code that has none to hide.
_STANDARD: Final = (
    "argparse.py",
    "ftplib.py",
    "getpass.py",
    "hashlib.py",
    "hmac.py",
    "http/client.py",
    "http/server.py",
    "imaplib.py",
    "netrc.py",
    "secrets.py",
    "smtplib.py",
    "ssl.py",
    "token.py",
    "tokenize.py",
    "urllib/parse.py",
    "uuid.py",
)
_PACKAGES: Final = (
    ("aiohttp", "client.py"),
    ("aiohttp", "helpers.py"),
    ("aiogram", "client/bot.py"),
    ("aiogram", "utils/token.py"),
    ("alembic", "config.py"),
    ("babel", "messages/catalog.py"),
    ("sqlalchemy", "engine/default.py"),
    ("sqlalchemy", "sql/compiler.py"),
)
_OWN: Final = (
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Makefile",
    "docs/telegram.md",
    "docs/vibe-kanban.md",
    "pyproject.toml",
    "requirements.txt",
    "sandbox/telegram/__init__.py",
)
_RECORDINGS: Final = ("basic", "markdown", "scripts", "many")


@dataclass(frozen=True, slots=True)
class Sample:
    """A clean text and where it comes from."""

    name: str
    text: str


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")[:_MOST]


def _sources() -> Iterator[Sample]:
    library = Path(sysconfig.get_path("stdlib"))
    for name in _STANDARD:
        yield Sample(name, _read(library / name))
    for package, name in _PACKAGES:
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            yield Sample(f"{package}/{name}", _read(Path(spec.origin).parent / name))
    for name in _OWN:
        yield Sample(name, _read(_ROOT / name))


def _installed_digests() -> Iterator[Sample]:
    for package in ("aiogram", "sqlalchemy"):
        lines = (
            f"{path},{path.hash.mode}={path.hash.value},{path.size}"
            for path in files(package) or ()
            if path.hash is not None
        )
        yield Sample(f"{package}'s RECORD", "\n".join(lines)[:_MOST])


def _recordings() -> Iterator[Sample]:
    for name in _RECORDINGS:
        packed = (_ROOT / "sandbox/recordings" / f"{name}.jsonl.gz").read_bytes()
        yield Sample(f"recording {name}", gzip.decompress(packed).decode()[:_MOST])


def _pictures() -> Iterator[Sample]:
    """Give the beginnings of pictures in base64, in lines and as data addresses."""
    for path in sorted((_ROOT / "docs/pictures").glob("*.png"))[:6]:
        text = base64.b64encode(path.read_bytes()[:1800]).decode()
        lines = "\n".join(text[at : at + 76] for at in range(0, len(text), 76))
        yield Sample(path.name, f"{lines}\n<img src='data:image/png;base64,{text[:900]}'>")


def _digests() -> Iterator[Sample]:
    """Give digests and identifiers as the usual tools print them."""
    rng = random.Random("digests")
    rows: list[str] = []
    for number in range(250):
        sha1, sha256, sha512 = (
            hashlib.new(name, str(number).encode()) for name in ("sha1", "sha256", "sha512")
        )
        short = sha1.hexdigest()
        integrity = base64.b64encode(sha512.digest()).decode()
        named = uuid.UUID(bytes=rng.randbytes(16), version=4)
        rows += [
            f"{sha256.hexdigest()}  dist/app-{number}.tar.gz",
            f"commit {short}",
            f"index {short[:7]}..{short[8:15]} 100644",
            f'      "integrity": "sha512-{integrity}",',
            f"INFO request {named} took {number} ms",
            f"app@sha256:{sha256.hexdigest()}: Pulling from acme/app",
            f'ETag: "{short[:32]}"',
            f"https://app.example.com/tasks/{named}?tab=log#L{number}",
            f"{named},{number},2026-05-04T12:31:{number % 60:02}Z,ok",
            f'checksum = "{sha256.hexdigest()}"',
        ]
    yield Sample("digests", "\n".join(rows))


def _traces() -> Iterator[Sample]:
    rows: list[str] = []
    for text in ("{", "[1,", '"a', "nul"):
        try:
            __import__("json").loads(text)
        except ValueError:
            rows.append(traceback.format_exc())
    yield Sample("stack traces", "\n".join(rows))


def samples() -> tuple[Sample, ...]:
    """Give all clean texts; what an installation lacks is left out."""
    return (
        *_sources(),
        *_installed_digests(),
        *_recordings(),
        *_pictures(),
        *_digests(),
        *_traces(),
        Sample("lines about secrets", "\n".join(LINES)),
    )
