// Draws one message: bubble, reply header, document, keyboard.

import { drawText } from "./text.js";

const COLOURS = 7;

/** Make an element with a class and, where given, its text. */
export function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

/** Return the number of the colour that stands for a person or chat. */
export function colour(id) {
  return Math.abs(Number(id)) % COLOURS;
}

/**
 * Draw a message. `view` says how: {mine, named, original, open} where `open` holds the quotes and
 * spoilers the reader has opened in it; `deeds` is {reply, jump, tap}.
 */
export function drawBubble(message, view, deeds) {
  const row = make("article", message.service ? "row service" : "row");
  row.dataset.messageId = message.id;
  row.classList.toggle("mine", view.mine);
  const bubble = make("div", "bubble");
  if (view.named) {
    const name = make("div", "name", message.sender);
    name.dataset.colour = colour(message.sender_id);
    bubble.append(name);
  }
  if (message.reply_to) bubble.append(replyHeader(message, view.original, deeds.jump));
  if (message.document) bubble.append(documentLine(message));
  const text = make("div", "text");
  drawText(text, message.text, message.entities);
  openable(text, view.open);
  bubble.append(text);
  if (!message.service) bubble.append(stamp(message));
  row.append(stack(message, bubble, deeds));
  if (!message.service) {
    row.append(replyArrow(message, deeds.reply));
    row.addEventListener("dblclick", () => deeds.reply(message));
  }
  return row;
}

/**
 * Make the drawn row `old` show what `row` shows. An unchanged keyboard stays the same element: a
 * tap that begins before an edit and ends after it is still a tap.
 */
export function updateBubble(old, row) {
  old.className = row.className;
  old.querySelector(".bubble").replaceWith(row.querySelector(".bubble"));
  const before = old.querySelector(".keyboard");
  const after = row.querySelector(".keyboard");
  if (before?.dataset.buttons === after?.dataset.buttons) return;
  before?.remove();
  if (after) old.querySelector(".stack").append(after);
}

function stack(message, bubble, deeds) {
  const column = make("div", "stack");
  column.append(bubble);
  if (message.keyboard.length) column.append(keyboard(message, deeds.tap));
  return column;
}

function replyHeader(message, original, jump) {
  const header = make("button", "reply");
  header.type = "button";
  header.dataset.colour = colour(original ? original.sender_id : 0);
  const gist = message.quote || (original ? gistOf(original) : "Deleted message");
  header.append(make("b", "", original ? original.sender : "…"), make("span", "", gist));
  header.addEventListener("click", () => jump(message.reply_to));
  return header;
}

/** Return a message's beginning on one line. */
export function gistOf(message) {
  const words = message.text.slice(0, 160).replace(/\s+/g, " ");
  return words || (message.document ? message.document.name : "");
}

function documentLine(message) {
  const anchor = make("a", "document");
  anchor.href = `/sandbox/chats/${message.chat_id}/documents/${message.id}`;
  anchor.download = message.document.name;
  const words = make("span", "words");
  words.append(make("b", "", message.document.name));
  words.append(make("small", "", sizeOf(message.document.bytes)));
  anchor.append(make("span", "disc", "↓"), words);
  return anchor;
}

function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/** Return when a message was written, as a clock shows it. */
export function timeOf(message) {
  return new Date(message.at * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

function stamp(message) {
  const at = new Date(message.at * 1000);
  const time = timeOf(message);
  const node = make("span", "stamp", message.edited ? `edited ${time}` : time);
  node.title = at.toLocaleString();
  return node;
}

function replyArrow(message, reply) {
  const arrow = make("button", "arrow", "↩\uFE0E");
  arrow.type = "button";
  arrow.setAttribute("aria-label", "Reply");
  arrow.addEventListener("click", () => reply(message));
  return arrow;
}

function keyboard(message, tap) {
  const rows = message.keyboard.map((buttons) => {
    const row = make("div", "buttons");
    row.append(...buttons.map((button) => keyboardButton(message, button, tap)));
    return row;
  });
  const node = make("div", "keyboard");
  node.dataset.buttons = JSON.stringify(message.keyboard);
  node.append(...rows);
  return node;
}

function keyboardButton(message, button, tap) {
  const url = button.url && /^https?:/i.test(button.url) ? button.url : null;
  const node = make(url ? "a" : "button", "key", button.text);
  if (button.style) node.dataset.style = button.style;
  if (url) {
    Object.assign(node, { href: url, target: "_blank", rel: "noopener noreferrer" });
    return node;
  }
  node.type = "button";
  node.disabled = Boolean(button.disabled);
  node.addEventListener("click", () => tap(message, button, node));
  return node;
}

/** Let the reader open long quotes and spoilers, and remember which (by their order). */
function openable(text, open) {
  text.querySelectorAll(".expandable_blockquote, .spoiler").forEach((node, index) => {
    node.classList.toggle("open", open.has(index));
    node.addEventListener("click", (event) => {
      if (event.target.closest("a") || String(document.getSelection())) return;
      node.classList.toggle("open");
      if (node.classList.contains("open")) open.add(index);
      else open.delete(index);
    });
  });
}
