from __future__ import annotations

from datetime import UTC, datetime

from bot.entries.model import (
    Answer,
    ChangeKind,
    CommandRun,
    Content,
    Dropped,
    Entry,
    ErrorText,
    Excerpt,
    FileChange,
    FileEdit,
    Plan,
    Thinking,
    Tool,
    ToolStatus,
)
from bot.entries.story import Header, Outcome, OutcomeKind, Story
from bot.i18n import Translator
from bot.rendering.log_file import log_markdown, to_markdown
from bot.rendering.options import RenderOptions, Verbosity
from bot.rendering.rich_text import RichText, bold, code, italic, join, link, pre, quote

OPTIONS = RenderOptions(
    translate=Translator("en"),
    redact=lambda text, _complete: text.replace("hunter2", "••••"),
    limit=256,
    verbosity=Verbosity.COMPACT,
    show_thinking=False,
)
DONE = Outcome(OutcomeKind.DONE, duration_s=12)


def log(*contents: Content, header: Header | None = None, outcome: Outcome | None = DONE) -> str:
    """Write down a turn with these contents."""
    entries = tuple(Entry(f"e/{n}", content, True) for n, content in enumerate(contents))
    started_at = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
    return log_markdown(Story(header or Header("Fix"), entries, started_at, outcome), OPTIONS)


def test_a_turn_is_written_down_whole() -> None:
    """Heading, prompt, entries in order and the end line make the file."""
    header = Header("Fix *it*", "claude-code", "vk/x_y", ("shop",), "Please\nfix it")
    assert log(Answer("Done."), header=header) == (
        "# Fix \\*it\\*\n\n"
        "`claude-code` · `vk/x_y` · `shop`\n\n"
        "2026-11-22 14:02 UTC\n\n"
        "> Please\n> fix it\n\n"
        "💬 Done.\n\n"
        "✅ Done · 12 s\n"
    )


def test_a_running_turn_ends_where_it_stands() -> None:
    """Without an outcome there is no end line."""
    assert log(Answer("So far"), outcome=None).endswith("💬 So far\n")


def test_what_the_agent_wrote_stays_markdown() -> None:
    """Answers keep the agent's own Markdown, headings on their own lines; thoughts are quoted."""
    text = log(Thinking("**Look**\n\n- a"), Answer("# Head\n\n```py\nx = `1`\n```"))
    assert "💭 Thinking…\n\n> **Look**\n>\n> - a\n\n" in text
    assert "💬\n\n# Head\n\n```py\nx = `1`\n```\n\n" in text


def test_everything_is_there_whatever_the_chat_shows() -> None:
    """The file has verbosity full and thoughts, and no block is cut for want of room."""
    lines = "\n".join(f"line {number} {'x' * 40}" for number in range(60))
    command = Tool(
        CommandRun("make", Excerpt(lines, omitted_lines=7, tail=True), 0), ToolStatus.SUCCEEDED
    )
    text = log(Thinking("Hm"), command)
    assert "💭" in text
    assert lines in text
    assert "+7 lines" in text


def test_secrets_are_masked_everywhere() -> None:
    """No part of the file holds a secret."""
    secret = "hunter2"
    change = FileChange(ChangeKind.WRITE, f"{secret}.py", body=Excerpt(f"x = {secret}"))
    text = log(
        Thinking(secret),
        Answer(secret),
        ErrorText(secret),
        Tool(CommandRun(f"echo {secret}", Excerpt(secret)), ToolStatus.FAILED, reason=secret),
        Tool(FileEdit((change,)), ToolStatus.SUCCEEDED),
        Tool(Plan(secret), ToolStatus.DENIED, reason=secret),
        header=Header(secret, secret, secret, (secret,), secret),
    )
    assert secret not in text
    assert text.count("••••") >= 10


def test_control_characters_do_not_reach_the_file() -> None:
    """Colours and control characters are removed."""
    assert "\x1b" not in log(Answer("\x1b[31mred\x1b[0m\x07"), ErrorText("a\x00b"))


def test_formatted_text_becomes_markdown() -> None:
    """Inline marks keep blanks outside, and special characters are escaped."""
    rich = join(
        [bold("bold "), italic("it"), " ", code("a`b"), " ", link("x", "https://e.org/"), " *"]
    )
    assert to_markdown(rich) == "**bold** *it* ``a`b`` [x](<https://e.org/>) \\*"


def test_fences_are_longer_than_what_they_hold() -> None:
    """A code block that holds a fence gets a longer one."""
    assert to_markdown(pre("```\nx\n```", "md")) == "````md\n```\nx\n```\n````"


def test_quotations_hold_code_blocks() -> None:
    """A code block in a quotation is quoted line by line."""
    assert (
        to_markdown(quote(join(["say\n", pre("x\n\ny")]))) == "> say\n>\n> ```\n> x\n>\n> y\n> ```"
    )


def test_nothing_stays_nothing() -> None:
    """Empty text is empty Markdown."""
    assert to_markdown(RichText()) == ""


def test_what_cannot_be_read_again_is_counted() -> None:
    """A file that lacks what was let go says so before the rest."""
    gone = Dropped("answer", b"12345678", 5)
    written = log(gone, gone, Answer("Here"))
    assert written.index("… 2 earlier entries cannot be read now") < written.index("💬 Here")
