// The chat: state from one WebSocket, drawing, and what the person does.

import { colour, drawBubble, gistOf, make, updateBubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { refreshTimes } from "./text.js";

const RETRY_MS = 800;
const TICK_MS = 10_000;
const NEAR_PX = 90;
const SIDE_PX = 760;

const $ = (id) => document.getElementById(id);
const world = { bot: null, users: [], chats: new Map(), messages: new Map() };
const screen = { user: null, chat: null, waiting: new Map(), opened: new Map() };
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
  choosePerson(screen.user ?? Number(new URLSearchParams(location.search).get("as")));
}

function takeChat(chat) {
  world.chats.set(chat.id, chat);
  if (!world.messages.has(chat.id)) world.messages.set(chat.id, new Map());
  drawList();
  if (chat.id === screen.chat) drawHeader();
}

function takeMessage(message) {
  const messages = world.messages.get(message.chat_id);
  if (message.deleted) messages.delete(message.id);
  else messages.set(message.id, message);
  drawList();
  if (message.chat_id === screen.chat) keepingBottom(() => drawMessage(message));
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
  const asked = screen.chat ?? Number(new URLSearchParams(location.search).get("chat"));
  drawList();
  openChat((mine.find((chat) => chat.id === asked) ?? mine[0])?.id ?? null);
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
  const rows = chats.map((chat) => {
    const messages = [...(world.messages.get(chat.id)?.values() ?? [])];
    const last = messages[messages.length - 1];
    const row = make("button", "chat");
    row.type = "button";
    row.setAttribute("aria-current", String(chat.id === screen.chat));
    const disc = make("span", "face");
    face(disc, chat);
    const words = make("span", "words");
    words.append(make("b", "", titleOf(chat)), make("span", "", last ? gistOf(last) : "No messages"));
    row.append(disc, words);
    row.addEventListener("click", () => openChat(chat.id, "chat"));
    return row;
  });
  const next = make("nav");
  next.append(...rows);
  if (next.innerHTML !== $("chats").innerHTML) $("chats").replaceChildren(...rows);
}

function openChat(id, pane) {
  screen.chat = id;
  if (pane) $("app").dataset.pane = pane;
  drawList();
  drawHeader();
  composer.reset();
  const rows = [...(world.messages.get(id)?.values() ?? [])].map(drawn);
  $("bubbles").replaceChildren(...rows);
  toBottom();
}

function drawHeader() {
  const chat = world.chats.get(screen.chat);
  if (!chat) return;
  face($("face"), chat);
  $("title").textContent = titleOf(chat);
  $("subtitle").textContent = chat.kind === "private" ? "bot" : `${chat.members.length} members`;
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
  $("down").hidden = true;
}

// --- deeds ---------------------------------------------------------------------------------------

async function post(path, body) {
  const response = await fetch(`/sandbox/chats/${screen.chat}/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user_id: screen.user, ...body }),
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
$("messages").addEventListener("scroll", () => ($("down").hidden = nearBottom()));
addEventListener("resize", () => {
  if (innerWidth >= SIDE_PX) $("app").dataset.pane = "chat";
});
setInterval(() => refreshTimes($("bubbles")), TICK_MS);
connect();
