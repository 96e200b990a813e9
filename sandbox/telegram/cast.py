"""The people and groups of the demo."""

from __future__ import annotations

from sandbox.telegram.groups import Groups

ADA = 7001
BORIS = 7002
TEAM = -1002000000001
WORKSHOP = -1002000000002


def add_cast(people: Groups) -> None:
    """Add two people, their group and their forum, both of which the bot has joined."""
    people.add_user(ADA, "Ada", "ada")
    people.add_user(BORIS, "Boris", "boris", "ru")
    people.add_group(TEAM, "Shop team", {ADA: "creator", BORIS: "member"})
    people.add_bot_to_group(TEAM, by=ADA)
    people.add_forum(WORKSHOP, "Workshop", {ADA: "creator", BORIS: "member"})
    people.add_bot_to_group(WORKSHOP, by=ADA)
    for name in ("Backend", "Website"):
        people.add_topic(WORKSHOP, name, by=ADA)
