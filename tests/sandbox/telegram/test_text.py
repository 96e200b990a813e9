from __future__ import annotations

from typing import Any

import pytest

from sandbox.telegram import tdlib
from sandbox.telegram.cleaning import units
from tests.sandbox.telegram.desk import ADA, BAD, Desk, entity


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a\tb\x1b[0mc", "a b [0mc"),
        ("a\r\nb", "a\nb"),
        ("a\u2028\u202eb", "ab"),
        ("a\u0333b\u033fc\u030a", "abc"),
        ("a\u200e\u200f\u200eb", "a\u200c\u200c\u200eb"),
        ("  \n a b \n \n", "a b"),
        ("日本 😀", "日本 😀"),
    ],
)
def test_a_text_is_stored_as_telegram_keeps_it(desk: Desk, sent: str, stored: str) -> None:
    """Control characters become spaces, others vanish, and blanks at both ends are cut."""
    assert desk.send(sent).text == stored


def test_leading_blanks_survive_inside_an_entity(desk: Desk) -> None:
    """Blanks at the beginning are cut only up to the first entity."""
    message = desk.send("\n   x", entities=[entity("pre", 1, 4)])
    assert message.text == "   x"
    assert message.entities == (entity("pre", 0, 4),)


def test_entities_move_with_the_text(desk: Desk) -> None:
    """Offsets are counted in UTF-16 units and follow characters that are dropped or cut."""
    message = desk.send(" 😀\r\nbold \n", entities=[entity("bold", 5, 6)])
    assert message.text == "😀\nbold"
    assert message.entities == (entity("bold", 3, 4),)


@pytest.mark.parametrize("blank", [" \n ", "\u200b", "\u00a0", "\u2800", "\t\r", "\u2029"])
def test_a_text_nobody_can_see_is_refused(desk: Desk, blank: str) -> None:
    """Invisible characters alone are no text."""
    refused = desk.refusal("sendMessage", chat_id=ADA, text=blank)
    assert refused == (400, BAD + "text must be non-empty")


def test_a_missing_text_is_refused(desk: Desk) -> None:
    """No text and an empty text have their own words, in sends and edits."""
    message = desk.send()
    assert desk.refusal("sendMessage", chat_id=ADA)[1] == BAD + "message text is empty"
    edit = desk.refusal("editMessageText", chat_id=ADA, message_id=message.message_id, text="")
    assert edit[1] == BAD + "message text is empty"


def test_length_counts_code_points_after_cleaning(desk: Desk) -> None:
    """4096 emoji fit, whatever their UTF-16 length, and trailing blanks do not count."""
    assert len(desk.send("😀" * 4096 + " \n").text) == 4096


def test_a_text_too_long_is_refused_in_two_ways(desk: Desk) -> None:
    """A send and an edit say it differently."""
    message = desk.send()
    long = "x" * 4097
    assert desk.refusal("sendMessage", chat_id=ADA, text=long)[1] == BAD + "message is too long"
    edit = desk.refusal("editMessageText", chat_id=ADA, message_id=message.message_id, text=long)
    assert edit[1] == BAD + "MESSAGE_TOO_LONG"
    assert message.text == "hello"


def test_a_source_above_32_kib_is_refused_unread(desk: Desk) -> None:
    """The server counts bytes before Telegram counts characters."""
    refused = desk.refusal("sendMessage", chat_id=ADA, text="я" * 16_385)
    assert refused == (400, BAD + "text is too long")


def test_a_lone_surrogate_is_refused(desk: Desk) -> None:
    """Half a character is no UTF-8."""
    refused = desk.refusal("sendMessage", chat_id=ADA, text="a\ud800")
    assert refused == (400, BAD + "strings must be encoded in UTF-8")


def test_markup_is_parsed(desk: Desk) -> None:
    """A parse mode turns markup into entities, and those that came with the call are ignored."""
    html = '<pre><code class="language-py">x</code></pre> <a href="tg://user?id=7">Ada</a>'
    message = desk.send(html, parse_mode="HTML", entities=[entity("bold", 0, 50)])
    assert message.text == "x Ada"
    pre, mention = message.entities
    assert (pre["type"], pre["language"], mention["type"]) == ("pre", "py", "text_mention")
    assert desk.send("*x*", parse_mode="MarkdownV2").entities == (entity("bold", 0, 1),)


@pytest.mark.parametrize(
    ("mode", "text", "words"),
    [
        (
            "HTML",
            "<b>x",
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ("MarkdownV2", "a.", "can't parse entities: Character '.' is reserved and must be escaped"),
        ("BBCode", "x", "unsupported parse_mode"),
    ],
)
def test_markup_that_is_none_is_refused(desk: Desk, mode: str, text: str, words: str) -> None:
    """The words are TDLib's own."""
    status, said = desk.refusal("sendMessage", chat_id=ADA, text=text, parse_mode=mode)
    assert (status, said[: len(BAD + words)]) == (400, BAD + words)


def test_markup_needs_tdlib(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library markup is refused, and texts are settled by the sandbox itself."""
    monkeypatch.setattr(tdlib, "INSTALLED", False)
    refused = desk.refusal("sendMessage", chat_id=ADA, text="<b>x</b>", parse_mode="HTML")
    assert "without tdjson" in refused[1]
    assert desk.send("x_y_", entities=[entity("bold", 0, 4)]).text == "x_y_"


@pytest.mark.parametrize(
    ("text", "span", "words"),
    [
        ("a😀b", (2, 1), "entity begins in a middle of a UTF-16 symbol at byte offset 5"),
        (
            "a😀b",
            (0, 2),
            "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol"
            " at byte offset 5",
        ),
        ("abc", (4, 1), "entity begins after the end of the text at UTF-16 offset 4"),
        (
            "abc",
            (1, 3),
            "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 4",
        ),
        ("abc", (-1, 3), "receive an entity with incorrect offset -1"),
    ],
)
def test_offsets_that_are_no_place_are_refused(
    desk: Desk, text: str, span: tuple[int, int], words: str
) -> None:
    """An entity begins and ends at characters of its text."""
    refused = desk.refusal("sendMessage", chat_id=ADA, text=text, entities=[entity("bold", *span)])
    assert refused == (400, BAD + words)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ([("bold", 0, 3), ("bold", 3, 3)], [("bold", 0, 6)]),
        ([("pre", 0, 6), ("bold", 1, 2)], [("pre", 0, 6)]),
        (
            [("bold", 0, 9), ("code", 3, 3)],
            [("bold", 0, 3), ("code", 3, 3), ("bold", 6, 3)],
        ),
        ([("blockquote", 0, 9), ("blockquote", 2, 3)], [("blockquote", 0, 9)]),
        (
            [("expandable_blockquote", 0, 9), ("pre", 2, 3)],
            [("expandable_blockquote", 0, 9), ("pre", 2, 3)],
        ),
        ([("pre", 0, 9), ("blockquote", 2, 3)], [("blockquote", 2, 3)]),
        ([("bold", 4, 1), ("mention", 0, 2)], []),
    ],
)
def test_conflicts_are_resolved_silently(
    desk: Desk, sent: list[tuple[str, int, int]], stored: list[tuple[str, int, int]]
) -> None:
    """What may not nest is dropped or cut, and nobody is told."""
    message = desk.send("abcd fghi", entities=[entity(*each) for each in sent])
    assert [(e["type"], e["offset"], e["length"]) for e in message.entities] == stored


def test_the_101st_entity_vanishes(desk: Desk) -> None:
    """Code is paid for before styles, whatever their order in the text."""
    text = "b c " * 60
    sent = [entity("bold" if n % 2 == 0 else "code", 2 * n, 1) for n in range(120)]
    kinds = [each["type"] for each in desk.send(text, entities=sent).entities]
    assert (kinds.count("code"), kinds.count("bold")) == (60, 40)


@pytest.mark.parametrize(
    "url", ["http://localhost:3000/x", "http://127.0.0.1/", "nonsense", "ftp://a.b", "http://[", ""]
)
def test_a_link_without_a_public_host_is_refused(desk: Desk, url: str) -> None:
    """Telegram takes no link that only this computer could follow."""
    link = entity("text_link", 0, 1, url=url)
    refused = desk.refusal("sendMessage", chat_id=ADA, text="x", entities=[link])
    assert refused == (400, f"{BAD}entity URL invalid: {url}")


def test_a_link_is_stored_in_full(desk: Desk) -> None:
    """Scheme and path are added where they are missing; a link to a person mentions them."""
    link = entity("text_link", 0, 1, url="example.com")
    assert desk.send("x", entities=[link]).entities[0]["url"] == "http://example.com/"
    person = entity("text_link", 0, 1, url="tg://user?id=7")
    mention: Any = desk.send("x", entities=[person]).entities[0]
    assert (mention["type"], mention["user"]["id"]) == ("text_mention", 7)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("nothing", "can't parse entities JSON object"),
        ([{"type": "bold"}], "can't parse MessageEntity: field is missing or of a wrong type"),
        ([entity("loud", 0, 1)], "can't parse MessageEntity: Unsupported type specified"),
        ([entity("date_time", 0, 1)], "can't parse MessageEntity: unix_time is missing"),
        (
            [entity("date_time", 0, 1, unix_time=1, date_time_format="zz")],
            "can't parse entities: Invalid date format used",
        ),
    ],
)
def test_entities_of_a_wrong_shape_are_refused(desk: Desk, bad: Any, words: str) -> None:
    """A list of MessageEntity objects is read, anything else is named."""
    bad = '"nothing"' if bad == "nothing" else bad
    refused = desk.refusal("sendMessage", chat_id=ADA, text="x", entities=bad)
    assert refused == (400, BAD + words)


def test_what_a_type_adds_is_stored(desk: Desk) -> None:
    """A language and a time come back as they were sent."""
    sent = [
        entity("pre", 0, 1, language="diff"),
        entity("date_time", 2, 1, unix_time=5, date_time_format="t"),
    ]
    assert list(desk.send("x y", entities=sent).entities) == sent


def test_units_count_surrogate_pairs() -> None:
    """An emoji beyond the basic plane is two units."""
    assert units("a😀é") == 4
