// Says why a person cannot write in a chat, and what they can do instead.

/**
 * Return what stands in place of the text field, or null where a person may write. `deed` is what a
 * tap on it does: {say: text} or {open: chat}; without one it only says why.
 */
export function barrierOf(chat, topic, user, payload) {
  if (chat.kind === "private") return privately(chat, payload);
  if (chat.upgraded_to) {
    return { text: "Open the supergroup", deed: { open: chat.upgraded_to } };
  }
  if (chat.muzzled.includes(user)) return { text: "You may not write in this group" };
  const here = chat.topics.find((each) => each.id === topic);
  if (here?.closed && !chat.admins.includes(user)) return { text: "This topic is closed" };
  return null;
}

function privately(chat, payload) {
  if (chat.bot === "kicked") return { text: "Restart bot", deed: { say: "/start" } };
  if (chat.bot === "left") {
    return { text: "Start", deed: { say: payload ? `/start ${payload}` : "/start" } };
  }
  return null;
}
