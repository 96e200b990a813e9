from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.telegram import Params, TelegramServer, Upload
from tests.sandbox.telegram.desk import ADA, BASIC, BORIS, SUPER, Desk, keyboard


@pytest.fixture
async def page(desk: Desk) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        TelegramServer(desk.telegram) as server,
        aiohttp.ClientSession(server.url) as session,
    ):
        yield session


async def test_the_page_loads_nothing_from_elsewhere(page: aiohttp.ClientSession) -> None:
    """The page and its parts come from the server, which forbids everything else."""
    async with page.get("/") as response:
        assert response.status == 200
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert "http://" not in await response.text()
    for part in ("page.css", "page.js", "text.js", "bubble.js", "composer.js"):
        async with page.get(f"/page/{part}") as response:
            assert response.status == 200
            assert "//cdn" not in await response.text()


async def test_an_open_page_is_told_of_changes(desk: Desk, page: aiohttp.ClientSession) -> None:
    """It begins with everything there is and goes on with what changes."""
    async with page.ws_connect("/sandbox/live") as live:
        state = await live.receive_json()
        assert state["kind"] == "state"
        assert {chat["id"] for chat in state["chats"]} >= {ADA, SUPER}
        message = desk.send(reply_markup=keyboard("mute"))
        bubble = await live.receive_json()
        assert (bubble["kind"], bubble["text"]) == ("message", "hello")
        tap = desk.telegram.tap(ADA, ADA, message.message_id, "mute")
        desk.call("answerCallbackQuery", callback_query_id=tap, text="Muted")
        answer = await live.receive_json()
        assert (answer["kind"], answer["text"], answer["alert"]) == ("answer", "Muted", False)
        desk.telegram.delete_message(ADA, message.message_id)
        assert (await live.receive_json())["deleted"] is True
        desk.telegram.set_member_status(SUPER, ADA, "administrator", by=ADA)
        assert (await live.receive_json())["chat"]["id"] == SUPER


async def test_the_page_is_told_who_may_write_where(
    desk: Desk, page: aiohttp.ClientSession
) -> None:
    """Topics, who is muzzled, where a group went, and whether the bot was started."""
    topic = desk.telegram.add_topic(
        desk.telegram.add_forum(-1000000000900, "Forum", {ADA: "creator"}).id, "Web", by=ADA
    )
    desk.telegram.set_member_status(SUPER, BORIS, "restricted", by=ADA)
    new = desk.telegram.upgrade_group(BASIC, by=ADA)
    said = {"user_id": ADA, "text": "hello", "topic": topic}
    async with page.post("/sandbox/chats/-1000000000900/say", json=said) as response:
        assert response.status == 200
    async with page.get("/sandbox/state") as response:
        state = await response.json()
    chats = {chat["id"]: chat for chat in state["chats"]}
    assert chats[-1000000000900]["topics"] == [{"id": topic, "name": "Web", "closed": False}]
    assert chats[SUPER]["muzzled"] == [BORIS]
    assert chats[BASIC]["upgraded_to"] == new
    assert (chats[ADA]["bot"], chats[BORIS]["bot"]) == ("member", "left")
    (hello,) = [one for one in state["messages"] if one["text"] == "hello"]
    assert hello["topic"] == topic


async def test_a_page_is_sent_the_newest_state(desk: Desk, page: aiohttp.ClientSession) -> None:
    """Edits that happen before a page could read are one event."""
    async with page.ws_connect("/sandbox/live") as live:
        await live.receive_json()
        message = desk.send("0")
        at = {"chat_id": ADA, "message_id": message.message_id}
        for number in range(1, 5):
            desk.call("editMessageText", **at, text=str(number))
        assert (await live.receive_json())["text"] == "4"


async def test_the_page_acts_for_a_person(desk: Desk, page: aiohttp.ClientSession) -> None:
    """What is said and tapped there happens, and what could not be is told."""
    message = desk.send(reply_markup=keyboard("mute"))
    said = {"user_id": ADA, "text": "hello", "reply_to": message.message_id}
    async with page.post(f"/sandbox/chats/{ADA}/say", json=said) as response:
        number = (await response.json())["message_id"]
    assert desk.telegram.message(ADA, number).reply_to_message_id == message.message_id
    tap = {"user_id": ADA, "message_id": message.message_id, "button": "mute"}
    async with page.post(f"/sandbox/chats/{ADA}/tap", json=tap) as response:
        assert desk.telegram.callback((await response.json())["callback_id"]).data == "mute"
    async with page.post(f"/sandbox/chats/{ADA}/tap", json={**tap, "button": "x"}) as response:
        assert response.status == 400
        assert "no button" in await response.text()
    async with page.post(f"/sandbox/chats/{ADA}/say", data=said) as response:
        assert response.status == 415
    async with page.post("/sandbox/chats/99/say", json=said) as response:
        assert response.status == 404


async def test_what_the_page_asks_for(desk: Desk, page: aiohttp.ClientSession) -> None:
    """State, messages, commands and files can be fetched."""
    desk.call("setMyCommands", commands=[{"command": "help", "description": "Help"}])
    log = Params({"chat_id": ADA}, {"document": Upload("log.html", b"<script>")})
    sent: Any = desk.telegram.call("sendDocument", log).body["result"]
    async with page.get("/sandbox/state") as response:
        assert (await response.json())["bot"]["is_bot"] is True
    async with page.get(f"/sandbox/chats/{ADA}/messages") as response:
        assert [each["text"] for each in await response.json()] == ["/start", ""]
    async with page.get(f"/sandbox/chats/{ADA}/commands?user_id={ADA}") as response:
        assert (await response.json())[0]["command"] == "help"
    async with page.get(f"/sandbox/chats/{ADA}/commands?user_id=1") as response:
        assert response.status == 404
    file = f"/sandbox/chats/{ADA}/documents/{sent['message_id']}"
    async with page.get(file) as response:
        assert await response.read() == b"<script>"
        assert response.headers["Content-Disposition"] == "attachment"
    async with page.get(f"/sandbox/chats/{ADA}/documents/1") as response:
        assert response.status == 404
