"""Kinds of secrets, as templates of their vendors' published formats that a seed fills in."""

import base64
import random
import re
import string
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import quote

_LOWER: Final = string.ascii_lowercase
_UPPER: Final = string.ascii_uppercase
_PUNCTUATION: Final = "%$*<{(&;,|"

ALPHABETS: Final[dict[str, str]] = {
    "a": string.ascii_letters + string.digits,
    "b": string.ascii_letters + string.digits + "+/",
    "B": _UPPER + "234567",
    "c": _PUNCTUATION,
    "d": string.digits,
    "h": string.digits + "abcdef",
    "H": string.digits + "ABCDEF",
    # Django's get_random_secret_key
    "j": _LOWER + string.digits + "!@#$%^&*(-_=+)",
    # bech32, in capitals as age writes its keys
    "k": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "l": _LOWER + string.digits,
    "L": string.ascii_letters,
    # what a generator of passwords makes, without quotes, backslash and blanks
    "p": string.ascii_letters + string.digits + _PUNCTUATION + "!#^+=-_@)}>?~:.",
    # needs no quotes in a shell
    "q": string.ascii_letters + string.digits + "_-+=.@%^,:",
    # survives in a URL's password although it should have been percent-encoded
    "r": string.ascii_letters + string.digits + _PUNCTUATION + "!^+=-_~.",
    "u": _UPPER + string.digits,
    "U": _UPPER,
    "w": string.ascii_letters + string.digits + "_-",
}

_FIELD: Final = re.compile(r"\{([A-Za-z])(\d+)(?:-(\d+))?\}")
_MARK: Final = re.compile("«(.*?)»", re.DOTALL)


class Shape(Enum):
    """How much room a secret's text takes, and so which carriers can hold it."""

    TOKEN = "token"  # one word
    LINE = "line"  # one line of a file, of a dump or of an output
    COMMAND = "command"  # one line of a shell
    BLOCK = "block"  # several lines


@dataclass(frozen=True, slots=True)
class Specimen:
    """A text and the parts of it that nobody may read."""

    text: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A surrounding in which a specimen is met, and the place of an execution that shows it."""

    name: str
    place: str
    wrap: Callable[[random.Random, Specimen], Specimen]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of secret."""

    name: str
    source: str
    shape: Shape
    generate: Callable[[random.Random], Specimen]
    lead: str = ""
    """What every specimen's secret begins with, where that is fixed."""

    carriers: tuple[Carrier, ...] = ()


def characters(rng: random.Random, alphabet: str, count: int) -> str:
    """Draw from an alphabet of the table, by its letter; punctuation-rich ones start plainly."""
    choice = ALPHABETS[alphabet]
    head = "a" if alphabet in "pqrj" else alphabet
    return rng.choice(ALPHABETS[head]) + "".join(rng.choice(choice) for _ in range(count - 1))


def _base64(rng: random.Random, count: int) -> str:
    return base64.b64encode(rng.randbytes(count)).decode()


def _words(rng: random.Random, count: int) -> str:
    return " ".join(characters(rng, "L", rng.randint(5, 8)).lower() for _ in range(count))


def _human(rng: random.Random, count: int) -> str:
    """Make up what a person would: a word, a year, a sign."""
    word = "".join(rng.choice("bdfgklmnprst") + rng.choice("aeiou") for _ in range(count))
    return f"{word.capitalize()}{rng.randint(1990, 2026)}{rng.choice('!#$*&%')}"


_DRAWN: Final[dict[str, Callable[[random.Random, int], str]]] = {
    "e": lambda rng, count: quote(characters(rng, "p", count), safe=""),
    "g": lambda rng, _: str(uuid.UUID(bytes=rng.randbytes(16), version=4)),
    "n": _human,
    "s": _words,
    "y": _base64,
    "Y": lambda rng, count: base64.b64encode(characters(rng, "p", count).encode()).decode(),
    "z": lambda rng, count: quote(_base64(rng, count), safe=""),
}


def _drawn(rng: random.Random, field: re.Match[str]) -> str:
    alphabet, low, high = field.groups()
    count = rng.randint(int(low), int(high or low))
    if alphabet in _DRAWN:
        return _DRAWN[alphabet](rng, count)
    return characters(rng, alphabet, count)


def filled(rng: random.Random, template: str) -> Specimen:
    """Fill a template: `{a20}` is 20 characters of alphabet a, « and » enclose the secret part.

    Without marks the whole text is secret.
    """
    marked = _FIELD.sub(lambda field: _drawn(rng, field), template)
    secrets = tuple(match.group(1) for match in _MARK.finditer(marked))
    return Specimen(marked.replace("«", "").replace("»", ""), secrets or (marked,))


def of_template(shape: Shape, name: str, source: str, template: str) -> Kind:
    """Make a kind whose specimens fill a template."""
    lead = "" if "«" in template else _FIELD.split(template)[0]
    return Kind(name, source, shape, lambda rng: filled(rng, template), lead)


def of_rows(shape: Shape, rows: Iterable[tuple[str, str, str]]) -> tuple[Kind, ...]:
    """Make kinds of one shape from rows of name, source and template."""
    return tuple(of_template(shape, *row) for row in rows)
