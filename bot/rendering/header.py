"""What stands above and below a turn's content, and the notice when it is over."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.entries.story import Header, Outcome, OutcomeKind
from bot.rendering.digest import Facts, opening
from bot.rendering.options import RenderOptions
from bot.rendering.plain import clean, duration, one_line, shorten
from bot.rendering.rich_text import RichText, bold, code, date_time, join, plain, quote

_PROMPT_CHARS = 300
_LEAST_PROMPT_CHARS = 20
_NAME_CHARS = 60
_MOST_REPOSITORIES = 5
"""More would be more formatting than a page leaves its header."""

_ANSWER_CHARS = 160
_TIMED = frozenset({OutcomeKind.DONE, OutcomeKind.FAILED, OutcomeKind.STOPPED})


# --- headers --------------------------------------------------------------------------------------


def first_header(header: Header, options: RenderOptions, *, chars: int) -> RichText:
    """Head the first link: title, where it runs, and the prompt, in at most `chars` characters."""
    label = "🤖 " + options.translate("Task:") + " "
    title = _title(header, min(options.title_chars, chars - len(label)), options)
    parts = [join((label, bold(title)))]
    room = chars - len(parts[0])
    where = _where(header, options)
    if where and len(where) < room:
        parts.append(where)
        room -= len(where) + 1
    prompt = clean(options.redact(header.prompt or "", True)).strip()
    if prompt and room > _LEAST_PROMPT_CHARS and not _says_it_already(header, prompt, options):
        parts.append(quote(shorten(prompt, min(_PROMPT_CHARS, room - 1))))
    return join(parts, "\n").normalised()


def later_header(header: Header, options: RenderOptions) -> RichText:
    """Head a later link."""
    return plain("↪ " + _title(header, options.title_chars, options))


def _title(header: Header, chars: int, options: RenderOptions) -> str:
    title = _masked(header.title, options)
    return shorten(f"{header.backend} · {title}" if header.backend else title, max(1, chars))


def _masked(text: str, options: RenderOptions) -> str:
    return one_line(options.redact(text, True))


def _where(header: Header, options: RenderOptions) -> RichText:
    repositories = header.repositories if len(header.repositories) > 1 else ()
    named = repositories[:_MOST_REPOSITORIES]
    facts = [fact for fact in (header.agent, header.branch, *named) if fact]
    codes = [code(shorten(_masked(fact, options), _NAME_CHARS)) for fact in facts]
    more = [plain("…")] if len(named) < len(repositories) else []
    return join([*codes, *more], " · ")


def _says_it_already(header: Header, prompt: str, options: RenderOptions) -> bool:
    """Whether the title is the prompt, or its beginning cut off with dots."""
    title, words = _masked(header.title, options), one_line(prompt)
    beginning = title.removesuffix("…").removesuffix("...").rstrip()
    return title == words or (beginning != title and words.startswith(beginning))


# --- last lines -----------------------------------------------------------------------------------


def started_line(options: RenderOptions) -> RichText:
    """Stand in for content until there is some."""
    return plain("🚀 " + options.translate("Task started…"))


def progress_footer(
    started_at: datetime, options: RenderOptions, *, connection_lost: bool = False
) -> RichText:
    """Say that the turn runs, and since when; clients render the time, so nothing ticks."""
    _ = options.translate
    mark = "\0"
    before, _mark, after = _("In progress… since {time}", time=mark).partition(mark)
    utc = started_at.astimezone(UTC)
    time = date_time(f"{utc:%H:%M}", int(utc.timestamp()), "t")
    lost = " · " + _("connection lost, retrying") if connection_lost else ""
    return join(("⏳ " + before, time, after + lost))


def muted_line(options: RenderOptions) -> RichText:
    """Say that nothing more is written here until Unmute."""
    return plain("🔇 " + options.translate("Muted"))


def unmuted_line(options: RenderOptions) -> RichText:
    """Say that new content comes here again."""
    return plain("🔊 " + options.translate("Unmuted"))


def waiting_line(options: RenderOptions) -> RichText:
    """Say that the view goes on when another one has ended."""
    return plain("⏳ " + options.translate("waiting for a free slot"))


def waiting(header: Header, options: RenderOptions) -> RichText:
    """Stand in for a view that waits for a slot, in one line."""
    title = _title(header, options.title_chars, options)
    return join((waiting_line(options), " · ", bold(title))).normalised()


def ended_waiting(outcome: Outcome, header: Header, options: RenderOptions) -> RichText:
    """Say how a turn ended whose view never got a slot."""
    title = _title(header, options.title_chars, options)
    return join((bold(title), "\n", end_line(outcome, options))).normalised()


def disabled_line(options: RenderOptions) -> RichText:
    """Say that this chat's mode shows no live views any more."""
    return plain(options.translate("Streaming disabled"))


def end_line(outcome: Outcome, options: RenderOptions) -> RichText:
    """Say how the turn ended; a cleanup script that failed after it has a line of its own."""
    _ = options.translate
    line = _outcome(outcome, options)
    if outcome.kind in _TIMED:
        line += " · " + duration(outcome.duration_s, _)
    if outcome.cleanup_failed:
        line += "\n⚠️ " + _("cleanup failed") + _exit(outcome.cleanup_exit_code, options)
    return plain(line)


def _outcome(outcome: Outcome, options: RenderOptions) -> str:
    _ = options.translate
    match outcome.kind:
        case OutcomeKind.DONE:
            return "✅ " + _("Done")
        case OutcomeKind.FAILED:
            return "❌ " + _("Failed") + _exit(outcome.exit_code, options)
        case OutcomeKind.STOPPED:
            return "⏹ " + _("Stopped")
        case OutcomeKind.RESET:
            return "↩ " + _("Reset")
        case OutcomeKind.COULD_NOT_START:
            return "❌ " + _("Could not start")
        case OutcomeKind.INTERRUPTED:
            return "⚠️ " + _("Interrupted")


def _exit(code_: int | None, options: RenderOptions) -> str:
    return "" if code_ is None else " (" + options.translate("exit {code}", code=code_) + ")"


# --- the notice -----------------------------------------------------------------------------------


def notice(
    outcome: Outcome,
    header: Header,
    facts: Facts,
    answer_start: str | None,
    options: RenderOptions,
) -> RichText:
    """Tell that a turn is over; the second line is the answer's beginning, for a lock screen."""
    words = opening(options.redact(answer_start or "", True), _ANSWER_CHARS)
    lines = [
        over_line(outcome, options),
        plain(shorten(words, _ANSWER_CHARS)),
        took_line(outcome, header, options),
        plain(_facts(facts, options)),
    ]
    return join([line for line in lines if line], "\n").normalised()


def over_line(outcome: Outcome, options: RenderOptions) -> RichText:
    """Say that a turn is over."""
    _ = options.translate
    match outcome.kind:
        case OutcomeKind.DONE:
            return bold("✅ " + _("Task completed"))
        case OutcomeKind.STOPPED | OutcomeKind.RESET:
            return bold("⏹ " + _("Task stopped"))
        case _:
            return bold("❌ " + _("Task failed"))


def took_line(outcome: Outcome, header: Header, options: RenderOptions) -> RichText:
    """Say which turn it was, and how long it took."""
    took = duration(outcome.duration_s, options.translate)
    return plain(f"{_title(header, options.title_chars, options)} · {took}")


def _facts(facts: Facts, options: RenderOptions) -> str:
    _ = options.translate
    parts: list[str] = []
    if facts.files:
        files = _.plural("{n} file", "{n} files", facts.files)
        parts.append(f"📝 {files} +{facts.additions} −{facts.deletions}")
    if facts.commands:
        commands = _.plural("{n} command", "{n} commands", facts.commands)
        failed = ", " + _("{n} failed", n=facts.failed) if facts.failed else ""
        parts.append(f"⚡ {commands}{failed}")
    return " · ".join(parts)
