"""Names that say secret, and how loudly."""

from __future__ import annotations

import re
from typing import NamedTuple

WORDS = (b"token", b"secret", b"pass", b"pwd", b"key", b"credential", b"auth", b"cookie", b"_pat")
"""Every name that says secret holds one of these, whatever its case."""

_SUFFIX = r"(?:[_-]?(?:[0-9]{1,2}|base64|b64|base|value|data|prod|dev|test|staging))?"
WORD = (
    r"(?i:(?P<word>token|secrets?|passw(?:or)?d|passphrase|pass|pwd|key|credentials?|"
    rf"authorization|auth|cookie|_pat){_SUFFIX})(?![A-Za-z0-9_])"
)
_NAME_CHARS = 64
_NAME_MEMBERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_PUBLIC = re.compile(
    r"(?i)(?:\A|[_.-])(?:public|primary|foreign|unique|sort|cache|partition|hash|row|object|map|dict|idempotency|"
    r"order|group|index|hot|short_?cut|column|field|json|translation|message|config|query|route|"
    r"storage|state|data|item|lookup|dedupe?|natural|composite|surrogate|candidate|on|and|or|the|"
    r"publishable|host|known|site|s3|object|bucket|redis|session|user|entity|node|block|arrow|enter)"
    r"[_.-]?\Z"
)
_QUIET_KEYS = re.compile(
    r"(?i)(?:api|app|private|access|account|secret|encryption|signing|master|service|shared|"
    r"accesskey|consumer|client|webhook|deploy|ssh|license|auth|cookie|hmac|jwt|crypt|admin|server|"
    r"storage|subscription|registration|functions?)[_.-]?\Z"
)
_PASSING = ("password", "passwd", "passphrase", "pass", "pwd")


class Name(NamedTuple):
    """A name that says secret: its last word, where all of it begins, and whether it shouts."""

    word: str
    start: int
    written: str
    loud: bool

    @property
    def passing(self) -> bool:
        """Whether its value may be words."""
        return self.word in _PASSING

    @property
    def kind(self) -> str:
        """Return what its value is called."""
        if self.word in ("authorization", "auth", "bearer"):
            return "credentials"
        return "cookie" if self.word == "cookie" else "password" if self.passing else "secret"


def name_of(text: str, match: re.Match[str]) -> Name | None:
    """Judge a name by what stands before the word that says secret."""
    before = text[max(0, match.start() - _NAME_CHARS) : match.start()]
    name = before[len(before.rstrip(_NAME_MEMBERS)) :]
    word = match["word"].lower()
    shouted = match["word"].isupper() and name.upper() == name
    start = match.start() - len(name)
    if not _says_secret(name, match["word"], shouted):
        return None
    return Name(word.removeprefix("_"), start, name, shouted)


def _says_secret(name: str, written: str, shouted: bool) -> bool:
    word = written.lower()
    if word == "key":
        if shouted and not name[-1:].isalpha():
            return bool(name.strip("-._")) and _PUBLIC.search(name) is None
        return _QUIET_KEYS.search(name) is not None
    if word == "pass":
        return not name[-1:].isalpha() or written[0] == "P" or name.lower() in ("-store", "-key")
    if word == "_pat":
        return shouted and bool(name)
    if word == "auth":
        return not name[-1:].isalpha() and (shouted or name.strip("_-.") == "")
    return True
