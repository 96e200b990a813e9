"""The Bot API's JSON shapes of what the world holds."""

from __future__ import annotations

from sandbox.telegram.cleaning import units
from sandbox.telegram.params import JsonObject
from sandbox.telegram.world import Callback, Chat, MemberStatus, Message, User, World

_ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
)

_MEMBER_RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def user_json(user: User) -> JsonObject:
    """Return a User."""
    optional = {"username": user.username, "language_code": user.language_code}
    return {
        "id": user.id,
        "is_bot": user.is_bot,
        "first_name": user.first_name,
        **{name: value for name, value in optional.items() if value},
    }


def chat_json(world: World, chat: Chat) -> JsonObject:
    """Return a Chat."""
    if chat.kind != "private":
        forum = {"is_forum": True} if chat.forum else {}
        return {"id": chat.id, "type": chat.kind, "title": chat.title, **forum}
    user = world.users[chat.id]
    named = {"username": user.username} if user.username else {}
    return {"id": chat.id, "type": "private", "first_name": user.first_name, **named}


def chat_full_json(world: World, chat: Chat) -> JsonObject:
    """Return a ChatFullInfo."""
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    return {
        **chat_json(world, chat),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": gifts,
    }


def member_json(world: World, user_id: int, status: MemberStatus) -> JsonObject:
    """Return a ChatMember."""
    member: JsonObject = {"status": status, "user": user_json(world.users[user_id])}
    if status == "kicked":
        return {**member, "until_date": 0}
    if status == "restricted":
        rights = dict.fromkeys(_MEMBER_RIGHTS, False)
        return {**member, "is_member": True, "until_date": 0, **rights}
    if status == "creator":
        return {**member, "is_anonymous": False}
    if status == "administrator":
        rights = dict.fromkeys(_ADMIN_RIGHTS, True)
        return {**member, "can_be_edited": False, "is_anonymous": False, **rights}
    return member


def message_json(world: World, message: Message, *, nested: bool = False) -> JsonObject:
    """Return a Message; what it replies to is included one level deep."""
    body: JsonObject = {
        "message_id": message.message_id,
        "date": int(message.sent_at),
        "chat": chat_json(world, world.chats[message.chat_id]),
    }
    if world.chats[message.chat_id].kind != "channel":
        body["from"] = user_json(message.sender)
    body.update(_thread(world, message))
    if len(message.versions) > 1:
        body["edit_date"] = int(message.versions[-1].at)
    if message.reply_markup:
        body["reply_markup"] = message.reply_markup
    body.update(message.extra if message.service else _content(message) | message.extra)
    original = world.find(message.chat_id, message.reply_to_message_id or message.topic)
    if original and original is not message and not nested:
        body["reply_to_message"] = message_json(world, original, nested=True)
        if message.quote:
            position = units(original.text[: original.text.index(message.quote)])
            body["quote"] = {"text": message.quote, "position": position, "is_manual": True}
    return body


def _thread(world: World, message: Message) -> JsonObject:
    """Return the topic, or outside topics the thread of replies a supergroup's message is in."""
    if message.topic:
        return {"message_thread_id": message.topic, "is_topic_message": True}
    root = message
    while (above := world.find(root.chat_id, root.reply_to_message_id)) is not None:
        root = above
    in_thread = root is not message and world.chats[message.chat_id].kind == "supergroup"
    return {"message_thread_id": root.message_id} if in_thread else {}


def _content(message: Message) -> JsonObject:
    text, entities = ("caption", "caption_entities") if message.document else ("text", "entities")
    content: JsonObject = {text: message.text} if message.text else {}
    if message.entities:
        content[entities] = list(message.entities)
    if message.document:
        unique = f"{message.chat_id}.{message.message_id}"
        content["document"] = {
            "file_id": f"file.{unique}",
            "file_unique_id": unique,
            "file_name": message.document.file_name,
            "mime_type": message.document.mime_type,
            "file_size": len(message.document.content),
        }
    return content


def callback_json(world: World, callback: Callback) -> JsonObject:
    """Return a CallbackQuery; the message is inaccessible once deleted."""
    message = world.find(callback.chat_id, callback.message_id)
    if message is None:
        chat = chat_json(world, world.chats[callback.chat_id])
        shown: JsonObject = {"chat": chat, "message_id": callback.message_id, "date": 0}
    else:
        shown = message_json(world, message)
    return {
        "id": callback.id,
        "from": user_json(world.users[callback.user_id]),
        "message": shown,
        "chat_instance": str(abs(callback.chat_id)),
        "data": callback.data,
    }
