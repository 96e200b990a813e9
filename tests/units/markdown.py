"""The text a person reads of Markdown: a small tolerant reading, exact only in words and order."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

_FENCE = re.compile(r"^\s*(?P<mark>`{3,}|~{3,})[^`]*$")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK = re.compile(
    r"!?\[(?P<text>[^\]]*)\]\((?P<url>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\)"
)
_AUTOLINK = re.compile(r"<(https?://[^>\s]+)>")


def plain(source: str) -> str:
    """Return `source` without Markdown's own signs, as far as they could be taken for words."""
    lines: list[str] = []
    fence: str | None = None
    for line in source.split("\n"):
        mark = _FENCE.match(line)
        if fence is None and mark is not None:
            fence = mark["mark"]
        elif fence is not None:
            if _closes(line, fence):
                fence = None
            else:
                lines.append(line)
        else:
            lines.append(_prose(line))
    return "\n".join(lines)


def _closes(line: str, fence: str) -> bool:
    """Whether `line` ends the block that `fence` opened."""
    stripped = line.strip()
    return len(stripped) >= len(fence) and set(stripped) == {fence[0]}


def _prose(line: str) -> str:
    """Return a line outside of fences; code spans are kept as they are."""
    parts: list[str] = []
    end = 0
    for span in _CODE_SPAN.finditer(line):
        parts += [_links(line[end : span.start()]), span[2]]
        end = span.end()
    parts.append(_links(line[end:]))
    return "".join(parts)


def _links(text: str) -> str:
    """Return `text` with links as they are shown: an address only where it cannot be tapped."""
    text = _LINK.sub(lambda link: _shown_link(link["text"], link["url"]), text)
    return html.unescape(_AUTOLINK.sub(r"\1", text))


def _shown_link(text: str, url: str) -> str:
    """Return what is read of one link."""
    return text if _public(url) or text == url else f"{text} ({url})"


def _public(url: str) -> bool:
    """Whether Telegram would take `url` as a link: it has a public host."""
    host = urlsplit(url).hostname or ""
    return "." in host and not host.replace(".", "").isdigit()
