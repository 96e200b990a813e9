"""The target for redaction: what is shown of a growing text stays true, and no own secret shows."""

from __future__ import annotations

from bot.redaction import Redactor
from tests.fuzz.draws import Draws
from tests.fuzz.laws import law
from tests.fuzz.texts import text

MODULES = ("bot.redaction",)
_SECRETS = ("hunter2-" + "correct-horse", "77:" + "own_TOKEN-of-the-bot")
_VALUE = "aB3dE6" + "gH9jK2mN5pQ8"
_NAMES = (
    "PASS", "DB_PASS", "pass", "password", "TOKEN", "GH_PAT", "_pat", "KEY", "api_key", "auth",
    "PUBLIC_KEY", "cache-key", "_auth", "AUTH", "Authorization", "bearer", "Cookie", "secret",
    "myAuth", "Password", "PRIVATE_KEY", "compass", "keys", "passphrase", "<password>",
    "-store-pass", "${TOKEN:?",
)  # fmt: skip
_SIGNS = (
    "=", ": ", ":", " ", ' "', "='", '": "', '\\": \\"', "', '", "=>", " => ", "(", ">", " := ",
    "=$", "={", '="', "://", "=<", "=[", "= Basic ", ": Bearer ", ": token ", "\n", "@", ":@", "…",
)  # fmt: skip
_COMMANDS = (
    "mysql -p", "mysql -p ", "sshpass -p ", "curl -u me:", "curl --user 'me:", "curl -b a=",
    "curl --cookie ", "redis-cli -a ", "login -p ", "wget --user=", "-u ", " -p", "db:5432:*:me:",
    "*:*:*:*:", "openssl -passin pass:", "docker login --password ", "https://", "https://me:",
    "amqp://", "git://x-access:", "://<", "data: ", 'auth": "', "Zm9vOmJhcnRvdGhlYmF6=", "c2VjcmV0",
)  # fmt: skip
_DASHES = "-" * 5
_BLOCKS = (
    f"{_DASHES}BEGIN PRIVATE KEY{_DASHES}", f"{_DASHES}END PRIVATE KEY{_DASHES}", "MIIEvQIBAD" * 4,
    f"{_DASHES}BEGIN OPENSSH ", f"{_DASHES}BEGIN PGP PRIVATE KEY BLOCK{_DASHES}", "Proc-Type: 4",
    "PuTTY-User-Key-File-2: ssh-rsa\n", "Private-Lines: 2\n", "\r\n", "\\n", "    ", "> ",
)  # fmt: skip
_SHAPES = (
    *_NAMES,
    *_SIGNS,
    *_COMMANDS,
    *_BLOCKS,
    _VALUE,
    _VALUE * 3,
    _VALUE[:5],
    "hunter",
    " ",
    "\n",
)
_FACTOR, _MARKS = 8, 64
"""A masked text may be longer than its source, but not by much."""


def target(data: bytes) -> None:
    """Mask a text whole and growing."""
    draws = Draws(data)
    source = _with_secrets(draws)
    whole = Redactor(_SECRETS)(source, True)
    for secret in _SECRETS:
        law(secret not in whole, "a secret of our own is shown")
    law(len(whole) <= _FACTOR * len(source) + _MARKS, "masking blows a text up")
    growing = Redactor(_SECRETS)
    before = ""
    cuts = sorted(draws.below(len(source) + 1) for _ in draws.times(6))
    for cut in (*cuts, len(source)):
        shown = growing(source[:cut], False)
        law(shown.startswith(before), "what was shown is withdrawn")
        law(whole.startswith(shown), "what is shown does not stay")
        fresh = Redactor(_SECRETS)(source[:cut], False)
        law(whole.startswith(fresh), "what is shown after a restart does not stay")
        before = shown
    law(growing(source, True) == whole, "the end depends on the way")


def _with_secrets(draws: Draws) -> str:
    before, after = text(draws, 8), text(draws, 8)
    shapes = "".join(draws.pick(_SHAPES) for _ in draws.times(32))
    secret = draws.pick((*_SECRETS, "", _SECRETS[0][:9]))
    return before + shapes + secret + after
