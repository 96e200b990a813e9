"""Patience: growing pauses, and simpler forms of what is refused."""

from __future__ import annotations

from bot.live.setbacks import NO_RIGHTS_S, Form, Setbacks, pause_s, shaped
from bot.rendering.page import Button, Message
from bot.rendering.rich_text import bold

PAGE, NEXT = ("page", 0), ("page", 1)


def test_pauses_grow_to_half_a_minute() -> None:
    """After 1, 2, 4, 8, 16, 30 seconds, and then every 30."""
    setbacks = Setbacks(lambda: 0.0)

    assert [setbacks.again_s() for _ in range(8)] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_success_begins_anew() -> None:
    """What went wrong before a success no longer counts."""
    setbacks = Setbacks(lambda: 0.0)
    for _ in range(5):
        setbacks.again_s()
    setbacks.succeeded()

    assert setbacks.again_s() == 1


def test_pauses_differ_by_chance() -> None:
    """Writers that failed together do not come back together."""
    assert pause_s(3, lambda: 0.0) < pause_s(3, lambda: 0.5) < pause_s(3, lambda: 1.0) <= 4.8


def test_each_refusal_makes_it_simpler() -> None:
    """Rich, plain, a file; then it is left alone for long and begins anew."""
    setbacks = Setbacks(lambda: 0.0)
    forms, pauses = [], []
    for _ in range(4):
        forms.append(setbacks.form_of(PAGE))
        pauses.append(setbacks.refused_s(PAGE))

    assert forms == [Form.RICH, Form.PLAIN, Form.FILE, Form.RICH]
    assert pauses == [1, 1, NO_RIGHTS_S, 1]


def test_what_was_refused_stays_simple() -> None:
    """A page keeps its form as it grows; the next one begins with all its formatting."""
    setbacks = Setbacks(lambda: 0.0)
    setbacks.refused_s(PAGE)
    setbacks.succeeded()

    assert (setbacks.form_of(PAGE), setbacks.form_of(NEXT)) == (Form.PLAIN, Form.RICH)
    setbacks.refused_s(NEXT)
    assert (setbacks.form_of(PAGE), setbacks.form_of(NEXT)) == (Form.RICH, Form.PLAIN)


def test_a_plain_form_keeps_words_and_buttons() -> None:
    """Only the formatting goes."""
    message = Message(bold("words"), ((Button("Mute", "mute:1"),),), silent=False)

    assert shaped(message, Form.RICH) == message
    simple = shaped(message, Form.PLAIN)
    assert (simple.text.text, simple.text.entities) == ("words", ())
    assert (simple.keyboard, simple.silent) == (message.keyboard, message.silent)
