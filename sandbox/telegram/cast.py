"""The people and groups of the demo."""

from __future__ import annotations

from sandbox.telegram.people import People

ADA = 7001
BORIS = 7002
TEAM = -1002000000001


def add_cast(people: People) -> None:
    """Add two people and their group, which the bot has joined."""
    people.add_user(ADA, "Ada", "ada")
    people.add_user(BORIS, "Boris", "boris", "ru")
    people.add_group(TEAM, "Shop team", {ADA: "creator", BORIS: "member"})
    people.add_bot_to_group(TEAM, by=ADA)
