// Draws a message's text with its entities. The DOM's text is the stored text, to the character:
// labels, toggles and times are drawn by the style sheet from attributes.

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const RANK = ["blockquote", "expandable_blockquote", "pre", "text_link", "date_time"];
const TAGS = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  spoiler: "span",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
  text_link: "a",
  text_mention: "span",
  custom_emoji: "span",
  bot_command: "a",
  date_time: "time",
};

/** Fill `target` with a text and its entities (UTF-16 offsets, properly nested). */
export function drawText(target, text, entities) {
  const known = entities.filter((entity) => entity.type in TAGS);
  const ordered = known.sort(
    (a, b) => a.offset - b.offset || b.length - a.length || rank(a) - rank(b),
  );
  const ends = new Set(ordered.filter((e) => BLOCKS.has(e.type)).map((e) => e.offset + e.length));
  const hidden = [...ends].filter((end) => text[end] === "\n");
  target.replaceChildren();
  fill(target, text, ordered, 0, text.length, hidden);
}

function rank(entity) {
  const place = RANK.indexOf(entity.type);
  return place < 0 ? RANK.length : place;
}

/** Append text[start, end) to `parent`; `entities` are those that lie inside. */
function fill(parent, text, entities, start, end, hidden) {
  let at = start;
  for (let i = 0; i < entities.length; ) {
    const entity = entities[i];
    const stop = Math.min(entity.offset + entity.length, end);
    let next = i + 1;
    while (next < entities.length && entities[next].offset < stop) next += 1;
    plain(parent, text, at, entity.offset, hidden);
    const node = element(entity);
    fill(node, text, entities.slice(i + 1, next), entity.offset, stop, hidden);
    parent.append(node);
    at = stop;
    i = next;
  }
  plain(parent, text, at, end, hidden);
}

/** Append plain text; a newline right behind a block is kept in the text and not shown. */
function plain(parent, text, start, end, hidden) {
  let at = start;
  for (const place of hidden.filter((each) => each >= start && each < end)) {
    parent.append(text.slice(at, place));
    const newline = document.createElement("span");
    newline.className = "unseen";
    newline.textContent = "\n";
    parent.append(newline);
    at = place + 1;
  }
  if (at < end) parent.append(text.slice(at, end));
}

function element(entity) {
  const node = document.createElement(TAGS[entity.type]);
  node.classList.add(entity.type);
  if (entity.type === "pre" && entity.language) node.dataset.language = entity.language;
  if (entity.type === "text_link") link(node, entity.url);
  if (entity.type === "date_time") showTime(node, entity);
  return node;
}

function link(node, url) {
  if (!/^(https?|tg):/i.test(url)) return;
  node.href = url;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
}

function showTime(node, entity) {
  const moment = new Date(entity.unix_time * 1000);
  node.dateTime = moment.toISOString();
  node.title = moment.toLocaleString();
  const format = entity.date_time_format || "";
  if (format === "r") node.dataset.relative = "";
  if (format) node.dataset.shown = format === "r" ? relative(moment) : absolute(moment, format);
}

/** Let the relative times in `root` tell the time that has passed since they were drawn. */
export function refreshTimes(root) {
  for (const node of root.querySelectorAll("time[data-relative]")) {
    node.dataset.shown = relative(new Date(node.dateTime));
  }
}

function relative(moment) {
  const seconds = Math.round((moment - Date.now()) / 1000);
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return words.format(seconds, "second");
}

function absolute(moment, format) {
  const options = {};
  if (format.includes("w")) options.weekday = "long";
  if (format.includes("d")) Object.assign(options, { day: "numeric", month: "short" });
  if (format.includes("D")) Object.assign(options, { day: "numeric", month: "long", year: "numeric" });
  if (/t/i.test(format)) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
  if (format.includes("T")) options.second = "2-digit";
  return new Intl.DateTimeFormat(undefined, options).format(moment);
}
