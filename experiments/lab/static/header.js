// The head of the page: which world, under which luck, and what can be done with it.

import { activeArm } from "./documents.js";
import { button, make, show } from "./make.js";
import { say } from "./texts.js";

const MOST = 2 ** 31 - 1;

function stepper(label, hook, onChange, least = 0) {
  const input = make("input", { type: "number", min: least, max: MOST, step: 1, inputmode: "numeric", "data-test": hook });
  input.addEventListener("change", () => {
    const value = Math.round(Number(input.value));
    const good = Number.isFinite(value) ? Math.min(MOST, Math.max(least, value)) : least;
    input.value = String(good);
    onChange(good);
  });
  return { input, element: make("label", { class: "stepper" }, [make("span", { text: label }), input]) };
}

function titled(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export class Header {
  // parts: {saveMenu, loader: elements, copyLink: action}; `tools` is where the projector and the help go
  constructor(start, state, parts) {
    this.start = start;
    this.state = state;
    const choices = start.scenarios.map(({ name, title }) => make("option", { value: name, text: titled(name), title }));
    this.preset = make("select", { "data-test": "preset", onchange: () => state.choosePreset(this.preset.value) }, choices);
    this.title = make("p", { class: "preset-title" });
    this.seed = stepper(say("lab.seed"), "seed", (seed) => state.setSeed(seed));
    this.world = stepper(say("lab.world"), "world", (world) => state.setWorld(world));
    this.undo = button(say("lab.undo"), () => state.undo(), { "data-test": "undo", title: "Ctrl+Z" });
    this.redo = button(say("lab.redo"), () => state.redo(), { "data-test": "redo", title: "Ctrl+Shift+Z" });
    this.link = button(say("lab.copyLink"), parts.copyLink, { "data-test": "link" });
    this.element = make("header", { class: "head" }, [this.#where(), this.#doing(parts)]);
  }

  update(document) {
    const arm = activeArm(document);
    this.preset.value = arm.scenario;
    this.preset.disabled = document.arms.every((one) => one.pinned);
    const scenario = this.start.scenarios.find((one) => one.name === arm.scenario);
    this.title.textContent = scenario ? scenario.title : "";
    const active = window.document.activeElement;
    if (active !== this.seed.input) this.seed.input.value = String(document.seed);
    if (active !== this.world.input) this.world.input.value = String(document.world);
    this.undo.disabled = !this.state.canUndo;
    this.redo.disabled = !this.state.canRedo;
    this.isSandbox = document.lesson === null;
    this.element.classList.toggle("is-sandbox", this.isSandbox);
    const isReading = !this.isSandbox && !document.revealed;
    for (const part of [this.chosen, this.title, this.loader]) show(part, this.isSandbox);
    for (const part of [this.luck, this.steps, this.saving, this.link]) show(part, !isReading);
  }

  #where() {
    this.home = make("a", { href: "#start", class: "home", "data-test": "home" }, [
      make("img", { src: "/static/icon.svg", alt: "", width: 24, height: 24 }),
      make("span", { text: say("lab.title") }),
    ]);
    const chapters = make("a", { href: "#start", class: "button", "data-test": "chapters", text: say("lab.chapters") });
    this.tools = make("div", { class: "tools-place" });
    const more = button(say("lab.more"), () => this.#unfold(more), { class: "menu-opener", "aria-expanded": "false" });
    this.chosen = make("label", { class: "preset" }, [make("span", { text: say("lab.preset") }), this.preset]);
    return make("div", { class: "head-where" }, [this.home, chapters, more, this.chosen, this.title, this.tools]);
  }

  #unfold(more) {
    const isOpen = this.element.classList.toggle("is-open");
    more.setAttribute("aria-expanded", String(isOpen));
  }

  #luck() {
    const another = () => this.state.setWorld((this.state.document.world + 1) % MOST);
    const go = button(say("lab.anotherWorld"), another, { "data-test": "another-world", title: say("lab.anotherWorldHint") });
    return make("div", { class: "head-luck", role: "group", "aria-label": say("lab.luck") }, [this.seed.element, this.world.element, go]);
  }

  #doing({ loader, saveMenu }) {
    [this.loader, this.saving] = [loader, saveMenu];
    this.luck = this.#luck();
    this.steps = make("div", { class: "head-steps", role: "group", "aria-label": say("lab.steps") }, [this.undo, this.redo]);
    return make("div", { class: "head-doing" }, [this.luck, this.steps, loader, saveMenu, this.link]);
  }
}
