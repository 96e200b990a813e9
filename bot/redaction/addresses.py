"""Secrets in addresses and in commands whose options are known to take one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.redaction.reading import CONTEXT, Reading
from bot.redaction.span import Found, Open, Span, earliest
from bot.redaction.values import is_loud_secret, is_placeholder, is_secret

_ADDRESS = re.compile(r"://(?P<user>[^\s/@:\"'`<>\\?#]{0,80}+)(?P<at>[:@])?")
_OVER = re.compile(r"[\s\"'`>\\•]")
_PORT_FIRST = re.compile(r"[0-9]{1,5}(?:[/?#]|\Z)")
_CLOSING = {"<": ">", "{": "}", "(": ")", "[": "]"}
_LEAST_USER = 20
_FIELD = r"[\w*-]{1,64}+"
_PASS_FILE = re.compile(
    r"(?<![\w.*-])[\w.*-]{1,80}+:(?:[0-9]{4,5}|\*):"
    rf"(?:{_FIELD}(?::(?:{_FIELD}(?::(?=(?P<value>[^\s:\"'`\\]*+)))?)?)?)?",
    re.ASCII,
)
_FIELD_UNTIL = re.compile(r"[\s:\"'`\\]")
_LEAST_PASSING = 8
_PORT = re.compile(rb":(?:[0-9]{4,5}|\*):")

_VALUE = r"(?P<gap>[ \t=]{0,4})(?P<quote>[\"']?)(?P<value>[^\s\"'`\\•]*+|(?<=[\"'])[^\"'\n\\•]*+)"
_TAKEN = re.compile(rf"-(?P<option>[paub]|-user|-cookie){_VALUE}")
_OPTION_UNTIL = re.compile(r"(?<=[^ \t=\"'])[\s\"'`\\•]|\n")
_QUOTE_UNTIL = re.compile(r"[\"'\n\\•]")
_COMMANDS = re.compile(
    r"\b(?P<command>mysql(?:dump|admin|import|pump)?|mariadb(?:-dump|-admin)?|sshpass|login|twine|"
    r"redis-cli|valkey-cli|curl|wget|http)\b"
)
_PARTS = re.compile(r"[\n|;&]")
_TAKES = {
    "p": ("mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlpump", "mariadb",
          "mariadb-dump", "mariadb-admin", "sshpass", "login", "twine"),
    "a": ("redis-cli", "valkey-cli"),
    "u": ("curl",),
    "-user": ("curl", "wget"),
    "b": ("curl",),
    "-cookie": ("curl",),
}  # fmt: skip
_GLUED = ("mysql", "mariadb")
"""Behind a blank these take the name of a database."""
_PASS = re.compile(r"(?<![\w/.])pass:(?=(?P<value>[^\s\"'`\\•]*+))")
_PASS_UNTIL = re.compile(r"[\s\"'`\\•]")


def addresses(read: Reading) -> Found:
    """Find passwords in addresses, in lines of a password file and behind options."""
    found = [_in_addresses(read), _behind_options(read)]
    if _PORT.search(read.plain):
        found.append(_passing(_PASS_FILE, _FIELD_UNTIL, read))
    if b"pass:" in read.lower:
        found.append(_passing(_PASS, _PASS_UNTIL, read))
    spans = [span for one in found for span in one.spans]
    return Found(spans, earliest([one.open for one in found if one.open]))


def _passing(pattern: re.Pattern[str], until: re.Pattern[str], read: Reading) -> Found:
    spans: list[Span] = []
    for match in pattern.finditer(read.text, read.start):
        end = match.end() if match["value"] is None else match.end("value")
        if end == len(read.text) and not read.whole:
            return Found(spans, Open(match.start(), until))
        value = match["value"] or ""
        if len(value) >= _LEAST_PASSING and is_loud_secret(value):
            spans.append(Span(*match.span("value"), "password", match.start()))
    return Found(spans)


def _in_addresses(read: Reading) -> Found:
    """Find passwords in addresses; a user stays, unless it is a token alone."""
    spans: list[Span] = []
    stretch = _Stretch(read.text)
    for at in read.finds(b"://"):
        match = _ADDRESS.match(read.text, at)
        if not match:
            continue
        if stretch.end(at + 3) == len(read.text) and not read.whole:
            return Found(spans, Open(at, _OVER))
        if match["at"] == ":":
            begin, end = match.end(), stretch.last_at(at + 3)
            value = read.text[begin : max(begin, end)]
            if value and not _stands_for_one(value) and not _PORT_FIRST.match(value):
                spans.append(Span(begin, end, "password", at))
        elif match["at"] and stretch.last_at(match.end()) > 0:
            spans += _behind_user(read.text, match.end(), stretch.last_at(match.end()))
        elif match["at"] and _is_token(match["user"]):
            spans.append(Span(*match.span("user"), "secret", at))
    return Found(spans)


def _behind_user(text: str, begin: int, end: int) -> Iterator[Span]:
    """Find the password of a user who is named by an address of mail."""
    colon = text.find(":", begin, end)
    if 0 <= colon < end - 1 and not _PORT_FIRST.match(text, colon + 1, end):
        yield Span(colon + 1, end, "password", begin)


class _Stretch:
    """Where addresses end, and the last `@` before that: each stretch is looked at once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = self._last = 0

    def end(self, at: int) -> int:
        """Return where the address that goes on here ends."""
        if at > self._end or not self._end:
            match = _OVER.search(self._text, at)
            self._end = match.start() if match else len(self._text)
            self._last = self._text.rfind("@", at, self._end)
        return self._end

    def last_at(self, at: int) -> int:
        """Return where the last `@` of the address stands; -1 without one."""
        self.end(at)
        return self._last if self._last >= at else -1


def _stands_for_one(value: str) -> bool:
    """Whether a whole password is a placeholder: one that only begins like it is none."""
    return is_placeholder(value) and value[-1] == _CLOSING.get(value[0], value[-1])


def _is_token(user: str) -> bool:
    return len(user) >= _LEAST_USER and is_secret(user) and "." not in user


def _behind_options(read: Reading) -> Found:
    spans: list[Span] = []
    before = [read.start - 1] if read.text[read.start - 1 : read.start + 1] == " -" else []
    for at in before + read.finds(b" -"):
        match = _TAKEN.match(read.text, at + 1)
        if not match or not (command := _command(read.text, at, match)):
            continue
        if match.end() == len(read.text) and not read.whole:
            until = _QUOTE_UNTIL if match["quote"] and match["value"] else _OPTION_UNTIL
            return Found(spans, Open(at + 1, until))
        spans += _taken(command, match)
    return Found(spans)


def _command(text: str, at: int, match: re.Match[str]) -> str | None:
    """Name the command before an option that takes a secret there."""
    begin = max(0, at - CONTEXT)
    begin = max((part.end() for part in _PARTS.finditer(text, begin, at)), default=begin)
    names = (found["command"] for found in _COMMANDS.finditer(text, begin, at))
    return next((name for name in names if name in _TAKES[match["option"]]), None)


def _taken(command: str, match: re.Match[str]) -> Iterator[Span]:
    value, start = match["value"], match.start("value")
    option = match["option"]
    if option in ("u", "-user"):
        start += value.find(":") + 1
        value = value.partition(":")[2]
    if option in ("b", "-cookie") and "=" not in value:
        return
    glued = command.startswith(_GLUED)
    if len(value) < 4 or is_placeholder(value) or (glued and match["gap"]):
        return
    kind = "cookie" if option in ("b", "-cookie") else "password"
    yield Span(start, match.end("value"), kind, match.start())
