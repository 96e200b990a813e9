"""The surroundings in which a secret is met: commands, diffs, outputs, answers, titles, files."""

import json
import random
from collections.abc import Callable
from typing import Final

from tests.redaction.vendors_model import Carrier, Shape, Specimen

_RED: Final = "\x1b[01;31m\x1b[K"
_GREEN: Final = "\x1b[32m"
_PLAIN: Final = "\x1b[m\x1b[K"
_RESET: Final = "\x1b[0m"


def _around(template: str) -> Callable[[random.Random, Specimen], Specimen]:
    """Set a text into the place that @@ holds."""
    before, _, after = template.partition("@@")

    def wrap(_: random.Random, inner: Specimen) -> Specimen:
        return Specimen(before + inner.text + after, inner.secrets)

    return wrap


def _each_line(
    prefix: str, before: str = "", after: str = ""
) -> Callable[[random.Random, Specimen], Specimen]:
    """Give every line of a text a prefix, and the whole a head and a foot."""

    def wrap(_: random.Random, inner: Specimen) -> Specimen:
        lines = "\n".join(prefix + line for line in inner.text.split("\n"))
        return Specimen(before + lines + after, inner.secrets)

    return wrap


def _in_json(key: str) -> Callable[[random.Random, Specimen], Specimen]:
    """Write a text as a JSON string; what JSON escapes in a secret is escaped there as well."""

    def wrap(_: random.Random, inner: Specimen) -> Specimen:
        escaped = tuple(json.dumps(secret)[1:-1] for secret in inner.secrets)
        return Specimen(json.dumps({"id": 7, key: inner.text, "ok": True}), escaped)

    return wrap


def _found(rng: random.Random, inner: Specimen) -> Specimen:
    """Show a line as `grep --color` does that has matched a few characters inside the secret."""
    secret = inner.secrets[0]
    start = inner.text.index(secret)
    at = start + rng.randint(1, min(6, len(secret) - 2))
    end = at + rng.randint(1, 4)
    text = inner.text
    shown = f"config/app.ini:12:{text[:at]}{_RED}{text[at:end]}{_PLAIN}{text[end:]}"
    return Specimen(shown, inner.secrets)


def _coloured_value(_: random.Random, inner: Specimen) -> Specimen:
    """Colour the secret alone, as pretty printers do with values."""
    text = inner.text
    for secret in inner.secrets:
        text = text.replace(secret, f"{_GREEN}{secret}{_RESET}", 1)
    return Specimen(text, inner.secrets)


_DIFF: Final = "--- a/deploy/app\n+++ b/deploy/app\n@@ -3,2 +3,2 @@\n setup\n"

_EVERYWHERE: Final = (
    Carrier("output", "output", _around("Reading the state\n@@\nDone in 1.2 s\n")),
    Carrier("output, its end", "output", _around("Reading the state\n@@")),
    Carrier("diff, added", "diff", _each_line("+", _DIFF, "\n done\n")),
    Carrier("diff, removed", "diff", _each_line("-", _DIFF, "\n+none\n")),
    Carrier("diff, context", "diff", _each_line(" ", _DIFF, "\n-old\n+new\n")),
    Carrier("answer, fenced", "answer", _around("I found this:\n\n```\n@@\n```\n\nShall I go on?")),
    Carrier("answer, shell fence", "answer", _around("Run:\n\n```bash\n@@\n```\n")),
    Carrier("answer, quoted", "answer", _each_line("> ", "The log says:\n\n", "\n\nThat is all.")),
    Carrier("answer, bare", "answer", _around("The file now holds:\n\n@@\n\nThat is all.")),
    Carrier("JSON string", "output", _in_json("message")),
    Carrier("coloured output", "output", _around(f"{_GREEN}@@{_RESET}\n")),
    Carrier("coloured value", "output", _coloured_value),
    Carrier("error", "error", _around("Error: could not read the settings:\n@@\n  at main.rs:12")),
)

_ON_ONE_LINE: Final = (
    Carrier("answer, inline code", "answer", _around("I set `@@` as you asked.")),
    Carrier("answer, listed", "answer", _around("Changes:\n\n1. **Settings**: @@\n2. Tests pass")),
    Carrier("title", "title", _around("Please use @@ for the staging run")),
    Carrier("error, one line", "error", _around("fatal: request failed: @@ (status 401)")),
    Carrier(
        "log line", "output", _around("2026-05-04 12:31:07,114 INFO [main] settings @@ loaded")
    ),
    Carrier("search hit", "output", _around("src/app/settings.txt:118: @@")),
    Carrier("grep with colours", "output", _found),
    Carrier("trace", "output", _around("+ @@\n+ exit 0\n")),
    Carrier("YAML text", "file", _around("steps:\n  - name: check\n    run: |\n      @@\n")),
)

_TOKEN: Final = (
    Carrier("command", "command", _around("./deploy.sh --region eu @@ --wait")),
    Carrier("command, quoted", "command", _around('echo "@@" | ./login --stdin')),
    Carrier(
        "answer, table", "answer", _around("| stage | value |\n|---|---|\n| eu | @@ | yes |\n")
    ),
    Carrier(
        "answer, link", "answer", _around("See [the page](https://app.example.com/open?x=@@) now.")
    ),
    Carrier("answer, end of sentence", "answer", _around("The value is **@@**. I left it alone.")),
    Carrier(".env file", "file", _around("DEBUG=false\nSERVICE_ACCESS=@@\nPORT=8000\n")),
    Carrier("YAML", "file", _around("service:\n  access: @@\n  port: 8000\n")),
    Carrier("JSON", "file", _around('{\n  "access": "@@",\n  "port": 8000\n}\n')),
    Carrier("source code", "diff", _around(_DIFF + '+    connect("@@", retries=3)\n')),
    Carrier("title, alone", "title", _around("@@")),
)

_COMMAND: Final = (
    Carrier("command", "command", _around("@@")),
    Carrier("command in a chain", "command", _around("cd /srv/app && @@ || exit 1")),
    Carrier("prompt", "output", _around("dev@host:~/app$ @@\nok\n")),
)

_LINE: Final = (
    Carrier("file", "file", _around("# settings\n\n@@\n\n# end\n")),
    Carrier("file, alone", "file", _around("@@")),
)

CARRIERS: Final[dict[Shape, tuple[Carrier, ...]]] = {
    Shape.TOKEN: (*_TOKEN, *_ON_ONE_LINE, *_EVERYWHERE),
    Shape.LINE: (*_LINE, *_ON_ONE_LINE, *_EVERYWHERE),
    Shape.COMMAND: (*_COMMAND, *_ON_ONE_LINE, *_EVERYWHERE),
    Shape.BLOCK: (*_LINE, *_EVERYWHERE),
}
