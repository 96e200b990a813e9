// The text field: sending, answering one message, and the command menu.

import { gistOf, make } from "./bubble.js";

const MAX_HEIGHT_PX = 140;
const $ = (id) => document.getElementById(id);

export class Composer {
  /** `deeds` is {say(text, replyTo), commands()}. */
  constructor(deeds) {
    this.deeds = deeds;
    this.replyTo = null;
    this.field = $("field");
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    $("form").addEventListener("submit", (event) => this.send(event));
    $("slash").addEventListener("click", () => this.slash());
    $("answering").querySelector("button").addEventListener("click", () => this.answer(null));
  }

  /** Put a button that says why in place of the field, or the field back with null. */
  block(barrier, act) {
    $("form").hidden = Boolean(barrier);
    $("barrier").hidden = !barrier;
    if (!barrier) return;
    this.answer(null, false);
    $("barrier").textContent = barrier.text;
    $("barrier").disabled = !barrier.deed;
    $("barrier").onclick = () => act(barrier.deed);
  }

  reset() {
    this.field.value = "";
    this.answer(null, false);
    this.typed();
  }

  /** Answer `message` with what is sent next; null answers none. */
  answer(message, focus = true) {
    this.replyTo = message ? message.id : null;
    $("answering").hidden = !message;
    if (message) {
      $("answering").querySelector("b").textContent = `Reply to ${message.sender}`;
      $("answering").querySelector("span").textContent = gistOf(message);
    }
    if (focus) this.field.focus();
  }

  pressed(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $("form").requestSubmit();
    }
    if (event.key === "Escape") this.answer(null);
  }

  send(event) {
    event.preventDefault();
    const text = this.field.value;
    if (!text.trim()) return;
    const replyTo = this.replyTo;
    this.reset();
    this.deeds.say(text, replyTo);
  }

  slash() {
    this.field.value = this.field.value === "/" ? "" : "/";
    this.field.focus();
    this.typed();
  }

  async typed() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, MAX_HEIGHT_PX)}px`;
    $("form").classList.toggle("ready", this.field.value.trim() !== "");
    const typed = /^\/\w*$/.test(this.field.value) ? this.field.value.slice(1) : null;
    const offered = typed === null ? [] : await this.deeds.commands();
    if (typed !== null && this.field.value !== `/${typed}`) return;
    this.offer(offered.filter((each) => each.command.startsWith(typed ?? "")));
  }

  offer(commands) {
    const rows = commands.map(({ command, description }) => {
      const row = make("li");
      const button = make("button");
      button.type = "button";
      button.append(make("b", "", `/${command}`), make("span", "", description));
      button.addEventListener("click", () => this.pick(`/${command}`));
      row.append(button);
      return row;
    });
    $("menu").replaceChildren(...rows);
    $("menu").hidden = rows.length === 0;
  }

  pick(text) {
    this.field.value = text;
    $("form").requestSubmit();
    this.field.focus();
  }
}
