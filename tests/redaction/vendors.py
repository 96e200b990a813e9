"""Every kind of secret, each with the surroundings in which it is met; knows nothing of the bot."""

import re
from dataclasses import replace
from functools import cache
from random import Random
from typing import Final

from tests.redaction.vendors_carriers import CARRIERS
from tests.redaction.vendors_keys import BLOCKS
from tests.redaction.vendors_model import Carrier, Kind, Shape, Specimen
from tests.redaction.vendors_named import NAMED
from tests.redaction.vendors_tokens import TOKENS

__all__ = ["KINDS", "SHOWN", "Carrier", "Kind", "Shape", "Specimen", "carried", "leaked"]

_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*[mK]")

# A reader may see this many characters in a row of a secret, and no more.
SHOWN: Final = 7


def _in_its_carriers(kind: Kind) -> Kind:
    return replace(kind, carriers=CARRIERS[kind.shape])


KINDS: Final[tuple[Kind, ...]] = tuple(map(_in_its_carriers, (*TOKENS, *NAMED, *BLOCKS)))


def carried(kind: Kind, carrier: Carrier, seed: int) -> Specimen:
    """Generate one specimen of a kind in a carrier, the same for the same seed everywhere."""
    rng = Random(f"{kind.name}/{carrier.name}/{seed}")
    return carrier.wrap(rng, kind.generate(rng))


@cache
def _windows(secrets: tuple[str, ...]) -> frozenset[str]:
    width = SHOWN + 1
    return frozenset(
        secret[at : at + width] for secret in secrets for at in range(len(secret) - SHOWN)
    )


def leaked(specimen: Specimen, shown: str) -> str | None:
    """Give the first run of more than the allowed characters of a secret that a text shows.

    Colours part nothing: a reader does not see them.
    """
    windows = _windows(specimen.secrets)
    seen = _COLOURS.sub("", shown)
    runs = (seen[at : at + SHOWN + 1] for at in range(len(seen) - SHOWN))
    return next((run for run in runs if run in windows), None)
