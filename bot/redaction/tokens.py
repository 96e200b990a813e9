"""Secrets that are told by their own shape: most begin with their vendor's prefix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from re import Pattern

from bot.redaction.span import Found, Span

RUN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=.:@%~-"
"""What tokens consist of. The last run of these is what may still become one."""

_WORD = "A-Za-z0-9_-"
_BOUNDARIES = (r"\\[nrt]", r"\x1b\[m", r"\x1b\[[0-9]m", r"\x1b\[[0-9]{2}m",
               r"\x1b\[[0-9];[0-9]{2}m", r"%[0-9A-F]{2}")  # fmt: skip
"""What ends in a letter or digit and stands before a token all the same."""

_QUADS = tuple(
    head + third + "w"
    for head in ("MD", "MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT")
    for third in "AEIMQUYcgk"
)
_QUAD = "(?:[MN][DTjz]|O[DT])[AEIMQUYcgk][w-z0-5]"
"""Three digits in base64: a Discord token begins with its user's number."""


def _begins(literal: str = "", word: str = "A-Za-z0-9") -> str:
    """Require that no word goes on into the literal that was just matched."""
    looks = [
        f"(?<![{word}]{literal})",
        rf"(?<=\A-{literal})",
        rf"(?<=\n-{literal})",
        *(f"(?<={one}{literal})" for one in _BOUNDARIES),
    ]
    return f"(?:{'|'.join(looks)})"


_STARTS = re.compile(_begins())


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of token: the literal that every one holds, where one begins, and a whole one.

    `broken` ones need not hold a long word.
    """

    kind: str
    literal: str
    begun: Pattern[str]
    whole: Pattern[str]
    broken: bool = False


def _rule(kind: str, prefix: str, tail: str, word: str = "A-Za-z0-9") -> Rule:
    """Describe what begins with a prefix; the literal comes first, so that searching is a find."""
    literal = re.escape(prefix)
    begun = literal + _begins(literal, word)
    return Rule(kind, prefix, re.compile(begun), re.compile(begun + tail), "/" in tail)


_ALNUM = "[A-Za-z0-9]"
_PREFIXED = (
    *(("GitHub token", f"gh{one}_", _ALNUM + "{36,}+") for one in "pousr"),
    ("GitHub token", "github_pat_", "[A-Za-z0-9_]{22,}+"),
    *(
        ("GitLab token", f"gl{one}-", f"[.{_WORD}]{{20,}}+")
        for one in ("pat", "dt", "rt", "cbt", "ptt", "ft", "imt", "agent", "soat", "oas", "ffct")
    ),
    ("Bitbucket token", "ATBB", _ALNUM + "{24,}+"),
    ("Bitbucket token", "ATCTT3", f"[={_WORD}]{{60,}}+"),
    ("Atlassian token", "ATATT3", f"[={_WORD}]{{60,}}+"),
    *(("Slack token", f"xox{one}-", "[A-Za-z0-9-]{12,}+") for one in "abeoprs"),
    ("Slack token", "xapp-", "[A-Za-z0-9-]{20,}+"),
    ("Slack webhook", "hooks.slack.com/", "[A-Za-z0-9/_-]{20,}+"),
    ("Discord webhook", "discord.com/api/webhooks/", "[A-Za-z0-9/_-]{20,}+"),
    ("Discord webhook", "discordapp.com/api/webhooks/", "[A-Za-z0-9/_-]{20,}+"),
    ("Stripe key", "sk_live_", _ALNUM + "{10,}+"),
    ("Stripe key", "sk_test_", _ALNUM + "{10,}+"),
    ("Stripe key", "rk_live_", _ALNUM + "{10,}+"),
    ("Stripe key", "rk_test_", _ALNUM + "{10,}+"),
    ("Stripe key", "whsec_", "[A-Za-z0-9+/=]{24,}+"),
    ("Twilio key", "SK", "[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("Twilio token", "AC", "[0-9a-f]{32}:[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("SendGrid key", "SG.", rf"[{_WORD}]{{16,64}}\.[{_WORD}]{{16,}}+"),
    ("Mailgun key", "key-", "[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("npm token", "npm_", _ALNUM + "{36,}+"),
    ("PyPI token", "pypi-AgE", f"[{_WORD}]{{50,}}+"),
    ("Docker token", "dckr_pat_", f"[{_WORD}]{{20,}}+"),
    ("Docker token", "dckr_oat_", f"[{_WORD}]{{20,}}+"),
    ("Hugging Face token", "hf_", _ALNUM + "{30,}+"),
    ("Hugging Face token", "api_org_", _ALNUM + "{30,}+"),
    ("Anthropic key", "sk-ant-", f"[{_WORD}]{{20,}}+"),
    *(("OpenAI key", f"sk-{one}-", f"[{_WORD}]{{20,}}+") for one in ("proj", "svcacct", "admin")),
    ("OpenAI key", "sk-", _ALNUM + "{32,}+"),
    *(("AWS key", one, "[A-Z0-9]{16,}+") for one in ("AKIA", "ASIA", "ABIA", "ACCA")),
    ("Google key", "AIza", f"[{_WORD}]{{35,}}+"),
    ("Google token", "ya29.", f"[.{_WORD}]{{20,}}+"),
    ("Google secret", "GOCSPX-", f"[{_WORD}]{{24,}}+"),
    ("Cloudflare key", "v1.0-", "[0-9a-f]{24}-[0-9a-f]{100,}+"),
    *(("DigitalOcean token", f"do{one}_v1_", "[0-9a-f]{64,}+") for one in "por"),
    ("Heroku key", "HRKU-", f"[{_WORD}]{{36,}}+"),
    *(("Vault token", f"hv{one}.", f"[{_WORD}]{{24,}}+") for one in "sbr"),
    ("Vault token", "s.", "(?=[A-Za-z]{0,23}[0-9])[A-Za-z0-9]{24}(?![A-Za-z0-9_.(-])"),
    ("Age key", "AGE-SECRET-KEY-1", "[A-Z0-9]{58,}+"),
)


RULES = (
    *(_rule(*facts) for facts in _PREFIXED),
    Rule(
        "Azure signature",
        "sig=",
        re.compile(r"(?<=[?&;])sig="),
        re.compile(r"(?<=[?&;]sig=)[A-Za-z0-9%+/]{40,}+=*"),
        broken=True,
    ),
    _rule("JWT", "eyJ", rf"[{_WORD}]{{8,}}+\.eyJ[{_WORD}]{{8,}}+\.[{_WORD}]{{8,}}+", word=_WORD),
)

_BROKEN = tuple(rule for rule in RULES if rule.broken)

_TELEGRAM_TAIL = re.compile(rf":[{_WORD}]{{34}}")
_TELEGRAM = re.compile(rf"(?<![0-9])[0-9]{{8,10}}:[{_WORD}]{{34,}}+")
_TELEGRAM_BEGUN = re.compile(rf"(?<![0-9])(?:[0-9]{{1,10}}+|[0-9]{{8,10}}:[{_WORD}]*+)\Z")
_DISCORD = re.compile(
    rf"{_QUAD}(?:{_QUAD}){{4,5}}[{_WORD}]{{0,4}}\.[{_WORD}]{{5,8}}\.[{_WORD}]{{27,}}+"
)
_DISCORD_BEGUN = re.compile(_QUAD)

_LONG = b"a" * 16
"""No token is without so long a word."""
_BEFORE = 6
"""So long are the prefixes that end in a full stop, and so are no part of the word behind it."""
_CLASSES = bytes(ord("a") if re.match(f"[{_WORD}]", chr(code)) else ord(" ") for code in range(256))

_LONGEST = max(len(rule.literal) for rule in RULES)
_BEGINNINGS = frozenset(
    literal[:length]
    for literal in (*(rule.literal for rule in RULES), *_QUADS)
    for length in range(1, len(literal))
)


def tokens(text: str, start: int, complete: bool) -> Found:
    """Find tokens from `start` on; while a text grows, also where one may have begun."""
    run = len(text) if complete else _last_run(text, start)
    likely = _likely(text[start:])
    open_at = len(text)
    spans: list[Span] = []
    for rule in RULES if likely else _BROKEN:
        if rule.literal in likely or (rule.broken and text.find(rule.literal, start) >= 0):
            spans += _spans(rule.whole, rule.kind, text, start)
    if _TELEGRAM_TAIL.search(text, start):
        spans += _spans(_TELEGRAM, "Telegram token", text, start)
    if _DISCORD_BEGUN.search(likely):
        spans += _spans(_DISCORD, "Discord token", text, start)
    if run < len(text):
        open_at = min(_begun(text, run), _beginning(text, run))
    return Found(spans, open_at)


def _likely(text: str) -> str:
    """Return the long words of a text, and a little of what stands before each: tokens are long."""
    plain = text.encode("latin-1", "replace")
    classes = plain.translate(_CLASSES)
    at = classes.find(_LONG)
    parts = []
    while at >= 0:
        end = classes.find(b" ", at)
        end = end if end >= 0 else len(plain)
        parts.append(plain[max(0, at - _BEFORE) : end])
        at = classes.find(_LONG, end)
    return b" ".join(parts).decode("latin-1")


def _begun(text: str, run: int) -> int:
    """Return where in the last run the first token begins."""
    last = text[run:]
    patterns = [rule.begun for rule in RULES if rule.literal in last]
    found = (one.search(text, run) for one in (*patterns, _DISCORD_BEGUN, _TELEGRAM_BEGUN))
    return min((match.start() for match in found if match), default=len(text))


def _spans(whole: Pattern[str], kind: str, text: str, start: int) -> list[Span]:
    return [Span(*match.span(), kind) for match in whole.finditer(text, start)]


def _last_run(text: str, start: int) -> int:
    return start + len(text[start:].rstrip(RUN))


def _beginning(text: str, run: int) -> int:
    """Return where the longest beginning of a literal stands at the end of the text."""
    for at in range(max(run, len(text) - _LONGEST), len(text)):
        if text[at:] in _BEGINNINGS and _STARTS.match(text, at):
            return at
    return len(text)
