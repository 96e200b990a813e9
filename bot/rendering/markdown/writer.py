"""Writes a block's parser events as text and entities."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.rendering.entities import Entity
from bot.rendering.markdown.links import is_public
from bot.rendering.markdown.parser import events, language_of, name_of
from bot.rendering.markdown.table import aligned
from bot.rendering.rich_text import RichText

_RULE = "———"
_BULLETS = ("•", "◦", "▪")
_NUMBER = re.compile(rb"\s*(\d{1,9}[.)])")
_IDENTIFIER = re.compile(rb"__\w+__")

_PAIRED = frozenset({"Strong", "Emphasis", "Strikethrough", "Link", "Image"})
_OWN_LINES = frozenset({"Heading", "CodeBlock", "BlockQuote", "Paragraph", "HtmlBlock", "List"})


def write(markdown: str) -> RichText:
    """Convert Markdown to text and entities, every word of it kept; not normalised."""
    writer = _Writer(markdown.encode())
    for payload, start, end in events(writer.source):
        writer.take(payload, writer.source[start:end] if _needs_source(payload) else b"")
    return RichText("".join(writer.parts), tuple(writer.entities))


def _needs_source(payload: object) -> bool:
    match payload:
        case {"Start": "Strong" | "Strikethrough" | "Item"}:
            return True
    return False


@dataclass(slots=True)
class _Span:
    """An open emphasis, link, quote or code block.

    One without a type adds only its `literal`, the marks that are no markup after all.
    """

    type: str | None
    start: int
    part: int
    literal: str = ""
    url: str = ""
    language: str | None = None


@dataclass(slots=True)
class _Writer:
    """Collects text and entities.

    `due` newlines come before whatever is written next. `fresh` names the container (item, quote)
    that has just begun, so that what follows stands on its first line. Text goes to `cell` while
    there is one.
    """

    source: bytes
    parts: list[str] = field(default_factory=list)
    length: int = 0
    due: int = 0
    fresh: str = ""
    entities: list[Entity] = field(default_factory=list)
    spans: list[_Span] = field(default_factory=list)
    containers: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    cell: list[str] | None = None

    def take(self, payload: object, source: bytes) -> None:
        """Write one event of the parser; `source` is what it covers, where that matters."""
        match payload:
            case {"Start": tag}:
                self._start(tag, source)
            case {"End": tag}:
                self._end(name_of(tag))
            case {"Text": str(text)} | {"Html": str(text)} | {"InlineHtml": str(text)}:
                self._text(text)
            case {"Code": str(text)}:
                self._enclosed("code", text)
            case {"TaskListMarker": bool(done)}:
                self._tick(done=done)
            case "SoftBreak" | "HardBreak":
                self._text("\n")
            case "Rule":
                self._break()
                self._text(_RULE)
                self._break()

    # --- text -------------------------------------------------------------------------------------

    def _text(self, text: str) -> None:
        if self.cell is not None:
            self.cell.append(text.replace("\n", " "))
            return
        self._catch_up()
        self._append(text)

    def _catch_up(self) -> None:
        if self.due and self.length:
            self._append("\n" * self.due)
        self.due = 0

    def _append(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)
        self.fresh = ""

    def _drop_last(self, chars: int) -> None:
        last = self.parts.pop()
        self.length -= chars
        self.parts.append(last[: len(last) - chars])

    def _break(self) -> None:
        """Put what follows on a new line; blocks of a quote are a blank line apart."""
        self.due = max(self.due, 2 if self.containers[-1:] == ["quote"] else 1)

    # --- spans ------------------------------------------------------------------------------------

    def _open(
        self, type_: str | None, *, literal: str = "", url: str = "", language: str | None = None
    ) -> None:
        if literal:
            self._text(literal)
        elif self.cell is None:
            self._catch_up()
        self.spans.append(_Span(type_, self.length, len(self.parts), literal, url, language))

    def _close(self) -> None:
        span = self.spans.pop()
        if span.literal:
            self._text(span.literal)
        if span.type is None or self.cell is not None or self.length == span.start:
            return
        if span.type == "text_link" and not is_public(span.url):
            self._spell_out(span)
            return
        length = self.length - span.start
        self.entities.append(
            Entity(span.type, span.start, length, language=span.language, url=span.url or None)
        )

    def _spell_out(self, span: _Span) -> None:
        """Show an address that Telegram would refuse behind the link's text."""
        if span.url == "".join(self.parts[span.part :]):
            self.entities.append(Entity("code", span.start, self.length - span.start))
        elif span.url:
            self._text(" (")
            self._enclosed("code", span.url)
            self._text(")")

    def _enclosed(self, type_: str, text: str) -> None:
        self._open(type_)
        self._text(text)
        self._close()

    # --- tags -------------------------------------------------------------------------------------

    def _start(self, tag: object, source: bytes) -> None:
        name = name_of(tag)
        if name in _PAIRED:
            self._start_inline(tag, source)
        elif name in _OWN_LINES:
            self._start_block(tag, name)
        elif name == "Item":
            self._start_item(source)
        elif name in ("TableHead", "TableRow"):
            self.rows.append([])
        elif name == "TableCell":
            self.cell = []

    def _start_inline(self, tag: object, source: bytes) -> None:
        match tag:
            case "Strong":
                literal = "__" if _IDENTIFIER.fullmatch(source) else ""
                self._open(None if literal else "bold", literal=literal)
            case "Emphasis":
                self._open("italic")
            case "Strikethrough":
                literal = "" if source.startswith(b"~~") else "~"
                self._open(None if literal else "strikethrough", literal=literal)
            case {"Link": {"dest_url": str(url)}} | {"Image": {"dest_url": str(url)}}:
                self._open("text_link", url=url)

    def _start_block(self, tag: object, name: str) -> None:
        beside_marker = self.fresh == "item" and name in ("Paragraph", "HtmlBlock", "Heading")
        if self.fresh != "quote" and not beside_marker:
            self._break()
        match tag:
            case {"Heading": _}:
                self._open("bold")
            case {"CodeBlock": {"Fenced": str(info)}}:
                self._open("pre", language=language_of(info))
            case {"CodeBlock": _}:
                self._open("pre")
            case {"BlockQuote": _}:
                self._open("blockquote")
                self.containers.append("quote")
                self.fresh = "quote"

    def _start_item(self, source: bytes) -> None:
        if self.fresh != "quote":
            self.due = max(self.due, 1)
        self._catch_up()
        level = self.containers.count("item")
        number = _NUMBER.match(source)
        mark = number[1].decode() if number else _BULLETS[min(level, len(_BULLETS) - 1)]
        self._append("  " * level)
        self._append(f"{mark} ")
        self.containers.append("item")
        self.fresh = "item"

    def _tick(self, *, done: bool) -> None:
        if self.fresh == "item":
            self.length -= len(self.parts.pop())
        self._append("☑ " if done else "☐ ")
        self.fresh = "item"

    def _end(self, name: str) -> None:
        if name in _PAIRED:
            self._close()
        elif name in _OWN_LINES:
            self._end_block(name)
        elif name == "Item":
            self.containers.pop()
        elif name == "TableCell" and self.cell is not None:
            self.rows[-1].append("".join(self.cell))
            self.cell = None
        elif name == "Table":
            self._end_table()

    def _end_block(self, name: str) -> None:
        if name == "CodeBlock" and self.length and self.parts[-1].endswith("\n"):
            self._drop_last(1)
        if name in ("Heading", "CodeBlock", "BlockQuote"):
            self._close()
        if name == "BlockQuote":
            self.containers.pop()
        self._break()

    def _end_table(self) -> None:
        self._break()
        self._enclosed("pre", aligned(self.rows))
        self.rows.clear()
        self._break()
