"""The chain after a step was carried out; pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.live.chain import Chain, Link, LinkKind
from bot.live.reconcile import EditKeys, EditPage, SendNotice, SendPage, Step
from bot.rendering.transcript import Cover


def seals(step: Step, chain: Chain, *, is_file: bool) -> bool:
    """Whether a link is never written again once this step is carried out, and was before."""
    if not isinstance(step, SendPage | EditPage):
        return False
    link = chain.link(step.page.number)
    sealed = link is not None and link.sealed
    return (step.page.full or is_file) and not sealed


def carried_out(
    step: Step, chain: Chain, message_id: int, now: datetime, *, is_file: bool, known: bool = True
) -> Chain:
    """The chain with what the step brought; not `known`: what the message says is not.

    A link that is sealed by this is still open here.
    """
    match step:
        case SendNotice():
            return replace(chain, notice_ids=(*chain.notice_ids, message_id))
        case EditKeys(number=number, keyboard=keyboard):
            return chain.with_keyboard(number, keyboard)
        case SendPage(page=page) | EditPage(page=page):
            old = chain.link(page.number)
            link = Link(
                page.number,
                message_id,
                sent_at=old.sent_at if old is not None else now,
                message=page.message if known and not is_file else None,
                sealed=old is not None and old.sealed,
                body=page.body,
                covers=page.covers,
                skipped=page.skipped,
                kind=page.kind,
                bare=not page.message.keyboard,
            )
            return chain.with_link(link)


def stays(step: SendPage | SendNotice) -> bool:
    """Whether what is sent is never written again."""
    return isinstance(step, SendPage) and step.page.kind is not LinkKind.PAGE


def covers_of(step: SendPage | SendNotice) -> tuple[Cover, ...] | None:
    """What the message shows if it is never written again; None: it may grow."""
    return step.page.covers if isinstance(step, SendPage) and stays(step) else None
