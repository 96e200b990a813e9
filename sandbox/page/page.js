// The chat: state from one WebSocket, drawing, and what the person does.

import { barrierOf } from "./barrier.js";
import { colour, drawBubble, gistOf, make, timeOf, updateBubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { Reading, topicOf } from "./reading.js";
import { refreshTimes } from "./text.js";

const RETRY_MS = 800;
const TICK_MS = 10_000;
const NEAR_PX = 90;
const SIDE_PX = 760;

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const world = { bot: null, users: [], chats: new Map(), messages: new Map() };
const screen = { user: null, chat: null, topic: 0, waiting: new Map(), opened: new Map() };
const reading = new Reading();
const composer = new Composer({ say, commands });

// --- state ---------------------------------------------------------------------------------------

function connect() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/sandbox/live`);
  socket.onmessage = (event) => receive(JSON.parse(event.data));
  socket.onclose = () => setTimeout(connect, RETRY_MS);
}

function receive(event) {
  if (event.kind === "state") takeState(event);
  if (event.kind === "message") takeMessage(event);
  if (event.kind === "chat") takeChat(event.chat);
  if (event.kind === "answer") takeAnswer(event);
}

function takeState(state) {
  world.bot = state.bot;
  world.users = state.users;
  world.chats = new Map(state.chats.map((chat) => [chat.id, chat]));
  world.messages = new Map(state.chats.map((chat) => [chat.id, new Map()]));
  for (const message of state.messages) world.messages.get(message.chat_id).set(message.id, message);
  if (screen.user === null) for (const id of world.chats.keys()) reading.readAll(world.chats.get(id), messagesOf(id));
  choosePerson(screen.user ?? Number(asked.get("as")));
}

function takeChat(chat) {
  world.chats.set(chat.id, chat);
  if (!world.messages.has(chat.id)) world.messages.set(chat.id, new Map());
  drawList();
  if (chat.id !== screen.chat) return;
  const here = screen.topic === 0 || chat.topics.some((each) => each.id === screen.topic);
  if (here) drawHeader();
  else openChat(chat.id);
}

function takeMessage(message) {
  const messages = world.messages.get(message.chat_id);
  if (message.deleted) messages.delete(message.id);
  else messages.set(message.id, message);
  if (isOpen(message)) keepingBottom(() => drawMessage(message));
  drawList();
  if (message.chat_id === screen.chat) drawTopics(world.chats.get(message.chat_id));
}

function messagesOf(id) {
  return [...(world.messages.get(id)?.values() ?? [])];
}

function isOpen(message) {
  return message.chat_id === screen.chat && topicOf(world.chats.get(message.chat_id), message) === screen.topic;
}

function readHere() {
  const chat = world.chats.get(screen.chat);
  if (chat) reading.read(chat, messagesOf(chat.id), screen.topic);
}

// --- chats ---------------------------------------------------------------------------------------

function choosePerson(wanted) {
  const user = world.users.find((each) => each.id === wanted) ?? world.users[0];
  screen.user = user ? user.id : null;
  $("who").replaceChildren(
    ...world.users.map((each) => {
      const option = make("option", "", each.first_name);
      option.value = each.id;
      option.selected = each.id === screen.user;
      return option;
    }),
  );
  $("viewer").hidden = world.users.length < 2;
  const mine = myChats();
  const wantedChat = screen.chat ?? Number(asked.get("chat"));
  const chat = mine.find((each) => each.id === wantedChat) ?? mine[0];
  openChat(chat?.id ?? null, null, chat?.id === wantedChat ? screen.topic || Number(asked.get("topic")) : 0);
}

function myChats() {
  return [...world.chats.values()].filter((chat) => chat.members.includes(screen.user));
}

function titleOf(chat) {
  return chat.kind === "private" ? world.bot.first_name : chat.title;
}

function face(node, chat) {
  node.textContent = [...titleOf(chat)][0] ?? "";
  node.dataset.colour = colour(chat.id);
}

function drawList() {
  const chats = myChats();
  $("app").classList.toggle("single", chats.length < 2 && world.users.length < 2);
  const rows = chats.map(listRow);
  const next = make("nav");
  next.append(...rows);
  if (next.innerHTML !== $("chats").innerHTML) $("chats").replaceChildren(...rows);
}

function listRow(chat) {
  const messages = messagesOf(chat.id);
  const last = messages.at(-1);
  const row = make("button", "chat");
  row.type = "button";
  row.setAttribute("aria-current", String(chat.id === screen.chat));
  const disc = make("span", "face");
  face(disc, chat);
  const words = make("span", "words");
  words.append(make("b", "", titleOf(chat)), make("span", "", last ? gistOf(last) : "No messages"));
  const aside = make("span", "aside");
  if (last) aside.append(make("span", "", timeOf(last)));
  badge(aside, reading.unread(chat, messages, screen.user));
  row.append(disc, words, aside);
  row.addEventListener("click", () => openChat(chat.id, "chat"));
  return row;
}

function badge(node, unread) {
  if (!unread) return;
  const count = make("span", "unread", String(unread));
  count.setAttribute("aria-label", `${unread} unread`);
  node.append(count);
}

/** Open a chat; `pane` is what a phone then shows. */
function openChat(id, pane, topic = 0) {
  const chat = world.chats.get(id);
  screen.chat = id;
  screen.topic = chat?.topics.some((each) => each.id === topic) ? topic : 0;
  if (pane) $("app").dataset.pane = pane;
  composer.reset();
  $("bubbles").replaceChildren(...messagesOf(id).filter(isOpen).map(drawn));
  readHere();
  drawList();
  drawHeader();
  toBottom();
}

function drawHeader() {
  const chat = world.chats.get(screen.chat);
  if (!chat) return;
  face($("face"), chat);
  $("title").textContent = titleOf(chat);
  $("subtitle").textContent = chat.kind === "private" ? "bot" : `${chat.members.length} members`;
  drawTopics(chat);
  composer.block(barrierOf(chat, screen.topic, screen.user, asked.get("start")), ({ say: text, open }) =>
    open ? openChat(open) : say(text, null),
  );
}

function drawTopics(chat) {
  const tabs = chat.forum ? [{ id: 0, name: "General" }, ...chat.topics] : [];
  $("topics").hidden = tabs.length === 0;
  const rows = tabs.map((topic) => {
    const tab = make("button", "", topic.name);
    tab.type = "button";
    tab.setAttribute("aria-current", String(topic.id === screen.topic));
    if (topic.closed) tab.append(lock());
    badge(tab, reading.unread(chat, messagesOf(chat.id), screen.user, topic.id));
    tab.addEventListener("click", () => openChat(chat.id, null, topic.id));
    return tab;
  });
  const next = make("nav");
  next.append(...rows);
  if (next.innerHTML === $("topics").innerHTML) return;
  $("topics").replaceChildren(...rows);
  $("topics").querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function lock() {
  const svg = $("lock").content.firstElementChild.cloneNode(true);
  svg.setAttribute("aria-label", "closed");
  return svg;
}

// --- messages ------------------------------------------------------------------------------------

function drawn(message) {
  const chat = world.chats.get(message.chat_id);
  const mine = message.sender_id === screen.user;
  const key = `${message.chat_id}/${message.id}`;
  if (!screen.opened.has(key)) screen.opened.set(key, new Set());
  const original = world.messages.get(message.chat_id).get(message.reply_to);
  const named = chat.kind !== "private" && !mine && !message.service;
  const view = { mine: mine && !message.service, named, original, open: screen.opened.get(key) };
  return drawBubble(message, view, { reply, jump, tap });
}

function reply(message) {
  composer.answer(world.messages.get(message.chat_id).get(message.id) ?? null);
}

function find(id) {
  return $("bubbles").querySelector(`[data-message-id="${Number(id)}"]`);
}

function drawMessage(message) {
  const old = find(message.id);
  if (message.deleted) {
    old?.remove();
    return;
  }
  const row = drawn(message);
  if (old) {
    updateBubble(old, row);
  } else {
    row.classList.add("new");
    $("bubbles").append(row);
  }
}

function jump(id) {
  const row = find(id);
  if (!row) return;
  row.scrollIntoView({ block: "center", behavior: "smooth" });
  row.classList.remove("found");
  requestAnimationFrame(() => row.classList.add("found"));
}

function nearBottom() {
  const pane = $("messages");
  return pane.scrollHeight - pane.scrollTop - pane.clientHeight < NEAR_PX;
}

function keepingBottom(draw) {
  const stay = nearBottom();
  draw();
  if (stay) toBottom();
  $("down").hidden = nearBottom();
}

function toBottom() {
  $("messages").scrollTop = $("messages").scrollHeight;
  scrolled();
}

function scrolled() {
  $("down").hidden = nearBottom();
  if (!nearBottom() || !$("messages").clientHeight) return; // a phone that shows the list shows no messages
  readHere();
  drawList();
}

// --- deeds ---------------------------------------------------------------------------------------

async function post(path, body) {
  const response = await fetch(`/sandbox/chats/${screen.chat}/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user_id: screen.user, topic: screen.topic || null, ...body }),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

async function say(text, replyTo) {
  try {
    await post("say", { text, reply_to: replyTo });
    toBottom();
  } catch (error) {
    toast(error.message);
  }
}

async function commands() {
  const answer = await fetch(`/sandbox/chats/${screen.chat}/commands?user_id=${screen.user}`);
  return answer.ok ? answer.json() : [];
}

async function tap(message, button, node) {
  if (button.copy_text) {
    await navigator.clipboard?.writeText(button.copy_text.text);
    toast("Copied");
    return;
  }
  node.classList.add("busy");
  try {
    const { callback_id: id } = await post("tap", { message_id: message.id, button: button.callback_data });
    screen.waiting.set(id, node);
  } catch (error) {
    node.classList.remove("busy");
    toast(error.message);
  }
}

function takeAnswer(answer) {
  if (answer.user_id !== screen.user) return;
  screen.waiting.get(answer.callback_id)?.classList.remove("busy");
  screen.waiting.delete(answer.callback_id);
  if (!answer.text) return;
  if (!answer.alert) {
    toast(answer.text);
    return;
  }
  $("alert").querySelector("p").textContent = answer.text;
  $("alert").showModal();
}

/** Go over to the other theme; the page begins with the system's. */
function changeTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
  document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
}

let fading = 0;
function toast(text) {
  clearTimeout(fading);
  $("toast").textContent = text;
  $("toast").hidden = false;
  fading = setTimeout(() => ($("toast").hidden = true), 3500);
}

$("who").addEventListener("change", (event) => choosePerson(Number(event.target.value)));
$("back").addEventListener("click", () => ($("app").dataset.pane = "list"));
$("down").addEventListener("click", toBottom);
$("messages").addEventListener("scroll", scrolled);
$("theme").addEventListener("click", changeTheme);
addEventListener("resize", () => {
  if (innerWidth >= SIDE_PX) $("app").dataset.pane = "chat";
});
setInterval(() => refreshTimes($("bubbles")), TICK_MS);
connect();
