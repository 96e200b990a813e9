"""Foreign words in our lines: masked, on one line, short."""

from __future__ import annotations

from bot.rendering.options import RenderOptions
from bot.rendering.plain import one_line, shorten_middle
from bot.rendering.rich_text import RichText, code, join

PATH_CHARS = 400
LINE_CHARS = 300
BRIEF_CHARS = 80


def shown(text: str, chars: int, options: RenderOptions) -> str:
    """Mask a text, put it on one line, and shorten it in the middle."""
    return shorten_middle(
        one_line(options.redact(text, True)), min(chars, options.block_chars // 2)
    )


def named(label: str, name: str, chars: int, options: RenderOptions) -> RichText:
    """Write a name as code behind a label, so that Telegram makes no link of it."""
    return join((label + " ", code(shown(name, chars, options))))


def below(head: RichText, body: RichText) -> RichText:
    """Put a body on the next line, if there is one."""
    return join((head, body), "\n") if body else head
