from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.redaction import MARK, Redactor
from tests.redaction import corpus

OWN = "123456:ABC-DEF_own"
ALNUM = "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cF3hJ6lP9r"
TOKENS = {token: kind for kind, token in corpus.TOKENS} | {OWN: "secret"}
PUBLIC = (" PRIVATE KEY-----", "-----BEGIN ", "-----END ", "discord.com/api/webhooks/",
          "hooks.slack.com/services/", *corpus.CLEAN)  # fmt: skip
"""What secrets hold, and texts without them as well."""
LINES = [
    *(around.format(secret) for _, around, secret in corpus.KEYED),
    *corpus.CLEAN,
    *(around.format(token) for token, around in zip(TOKENS, corpus.AROUND * 5, strict=False)),
]
FUZZED = [
    "emysql " + "x" * 194 + " -passn ",
    "-----BEGIN " + "PRIVATE KEY BLOCK-----" + "a" * 121 + " ",
    "--cookie Private-Lines: 2\n-----END " + "PRIVATE KEY-----r=pass",
]
"""What fuzzing found: shown in one way while it grows, and in another one whole."""

# Pieces of secrets, whole secrets and plain text in any order: what growing texts look like.
PIECES = st.one_of(
    st.sampled_from(LINES + sorted(TOKENS)),
    st.sampled_from([token[:cut] for token in TOKENS for cut in (1, 3, 5, 8, 12, 20)]),
    st.sampled_from([" ", "\n", "\\n", "=", "/", ":", ".", "-", "_", "@", '"', "x", "4", "é"]),
    st.text(max_size=5),
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


@pytest.fixture(name="redact", scope="module")
def redactor() -> Redactor:
    return Redactor([OWN])


@pytest.mark.parametrize(("token", "kind"), TOKENS.items(), ids=lambda value: value[:20])
def test_masks(redact: Redactor, token: str, kind: str) -> None:
    """Each kind of token is replaced whole by a mark and its kind, wherever it stands."""
    for around in corpus.AROUND:
        assert redact(around.format(token), True) == around.format(f"{MARK} {kind}")


@pytest.mark.parametrize(("kind", "around", "secret"), corpus.KEYED)
def test_masks_what_a_name_tells(redact: Redactor, kind: str, around: str, secret: str) -> None:
    """A value behind a name that says secret is replaced, and nothing around it."""
    assert redact(around.format(secret), True) == around.format(f"{MARK} {kind}")


@pytest.mark.parametrize(("kind", "around", "secret"), corpus.KEYED)
def test_a_growing_value_waits(kind: str, around: str, secret: str) -> None:
    """No beginning of a line shows anything of the secret in it, and the new reading agrees."""
    redact = Redactor([])
    text = around.format(secret) + " "
    for length in range(len(text) + 1):
        shown = redact(text[:length], False)
        assert secret[:4] not in shown
        assert Redactor([])(text[:length], False).startswith(shown)
        assert redact(text, True).startswith(shown)
    assert kind in redact(text, True)


@pytest.mark.parametrize("text", LINES + FUZZED)
def test_agrees_with_a_redactor_that_remembers_nothing(text: str) -> None:
    """What is remembered of growing texts changes nothing, but may wait for a value's end."""
    redact = Redactor([OWN])
    for length in range(len(text) + 1):
        shown = redact(text[:length], False)
        assert Redactor([OWN])(text[:length], False).startswith(shown)
    assert redact(text, True) == Redactor([OWN])(text, True)


@pytest.mark.parametrize("text", LINES + FUZZED)
def test_agrees_after_any_jump(text: str) -> None:
    """A text that comes in two pieces ends like one that comes at once."""
    whole = Redactor([OWN])(text, True)
    for length in range(len(text) + 1):
        redact = Redactor([OWN])
        redact(text[:length], False)
        assert whole.startswith(redact(text, False))
        assert redact(text, True) == whole


@pytest.mark.parametrize("text", corpus.CLEAN)
def test_leaves_the_rest(redact: Redactor, text: str) -> None:
    """A text without secrets is unchanged."""
    assert redact(text, True) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I am running", "I am "),
        ("I am running,", "I am running,"),
        ("the books\n", "the books\n"),
        ("a colour \x1b[3", "a colour "),
        ("done. ", "done. "),
        ("it is done.", "it is done"),
        ("it is done.e", "it is done"),
        ("I look at **Files:", "I look at **Files"),
        ("see hvs.", "see "),
        ("see discord.", "see "),
        ("my password.", "my "),
        ("a Token:", "a "),
        ("isDone.", ""),
        ("step2.", ""),
        ("see ghp", "see "),
        ("see github", "see "),
        ("see github. ", "see github. "),
        ("the token is", "the "),
        ("the token is ", "the token is "),
        ("TOKEN=", ""),
        ("a s", "a "),
        (f"see={ALNUM} ", f"see={ALNUM} "),
        ("line 4", "line "),
        ("line 4 ", "line 4 "),
        ("own 123456:AB", "own "),
    ],
)
def test_holds_back_only_what_may_become_a_secret(redact: Redactor, text: str, shown: str) -> None:
    """While a text grows, its last run waits, and a name until it is known what it has."""
    assert redact(text, False) == shown


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token[:12])
def test_nothing_of_a_growing_secret_shows(redact: Redactor, token: str) -> None:
    """Not one character of a secret shows while it arrives, whatever follows it."""
    text = f"It is {token}"
    for length in range(len("It is "), len(text) + 1):
        assert redact(text[:length], False) in ("It is ", f"It is {MARK} private key")
    assert redact(text + " now", False).startswith(f"It is {MARK} ")


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_what_was_shown_stays_true(text: str) -> None:
    """What is shown of every beginning of a text is a beginning of what is shown in the end."""
    redact = Redactor([OWN])
    whole = redact(text, True)
    for length in range(len(text) + 1):
        assert whole.startswith(redact(text[:length], False))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([*TOKENS, *corpus.CLEAN, *LINES]), max_size=4),
    st.sampled_from([" ", "\n", '"="', ","]),
)
def test_no_secret_shows(words: list[str], between: str) -> None:
    """Among other words no piece of a secret ever shows, whole or growing."""
    redact = Redactor([OWN])
    text = between.join(words)
    pieces = {
        token[at : at + 8] for token in TOKENS if token in words for at in range(len(token) - 7)
    } - {shared[at : at + 8] for shared in PUBLIC for at in range(len(shared) - 7)}
    for length in range(len(text) + 1):
        shown = redact(text[:length], False)
        assert [piece for piece in pieces if piece in shown] == []
    assert [piece for piece in pieces if piece in redact(text, True)] == []


@given(TEXTS)
def test_redacting_again_changes_nothing(text: str) -> None:
    """What was redacted holds no secret any more, and its marks are none."""
    redact = Redactor([OWN])
    shown = redact(text, True)
    assert OWN not in shown
    assert redact(shown, True) == shown


@given(st.text(), st.booleans())
def test_any_text(text: str, complete: bool) -> None:
    """Any text at all is taken; an incomplete one only loses its end."""
    shown = Redactor([])(text, complete)
    assert text.startswith(shown)


def test_overlapping_secrets_are_one() -> None:
    """Where two secrets overlap nothing of either shows."""
    redact = Redactor(["abcdefgh", "efghijkl"])
    assert redact("<abcdefghijkl>", True) == f"<{MARK} secret>"


def test_short_secrets_are_not_masked() -> None:
    """A secret too short to be told from words is left alone, and an empty one, too."""
    assert Redactor(["", "abc"])("abcdef", True) == "abcdef"


HOSTILE = [
    "glpat-", "xoxb-", "sk-ant-", "sk-proj-", "sk-", "ghp_", "github_pat_", "eyJ-", "eyJa.",
    "eyJabcdefgh.", "AIza", "AKIA", "1:", "12345678:", "123456789", "\\nghp_", "g", OWN[:-1],
    "-eyJ", "token=", "TOKEN=", "PASSWORD='", 'token="', "token='a\" ", "Cookie: a=", "://a:", "://",
    "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN ", "MTAx", "SG.a", "SG.aaaaaaaaaaaaaaaaaa", "\\",
    "=", ":", "-", "'", '"', "`", "eyJ", "xox", "…", " -p ", "curl -u a:", "mysql -p", "{", "a.",
    "cookie: ", "authorization: ", "login a password ", "https://", "\x1b", ": aaaaaaaaaaaaaaaaaaa",
    "KEY=-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY----- aaaaaaaaaaaaaaaa ",
    "private ", 'password: \\"', "?sig=aaaa", "AC0123456789abcdef", "Authorization: ", "\x1b[31m",
]  # fmt: skip


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("end", ["", " "])
@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(
    redact: Redactor, piece: str, end: str, complete: bool
) -> None:
    """Four times the text takes about four times as long, even if it is made to mislead."""

    def seconds(length: int) -> float:
        text = piece * (length // len(piece)) + end
        best = 1.0
        for _ in range(3):
            begin = time.process_time()
            redact(text, complete)
            best = min(best, time.process_time() - begin)
        return best

    # A square would be 16 times; the constant lets a busy machine stumble over milliseconds.
    assert seconds(32_000) < 9 * seconds(8_000) + 0.01


@pytest.mark.parametrize(
    "piece", ["/a", "/home/u/tree", "/A", "/A.b", "a_", "a::", "a.", "a(", "${A"]
)
def test_values_that_look_like_code(piece: str) -> None:
    """A long value is judged in no time, whatever it nearly is."""
    begun = time.process_time()
    Redactor([])(f"TOKEN={piece * (240 // len(piece))}aA1Bc%", True)
    assert time.process_time() - begun < 0.5
