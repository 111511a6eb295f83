// What the keys do. Keys of one letter can be switched off: they get in the way of some ways to speak to a computer.

import { button, make } from "./make.js";
import { say } from "./texts.js";

const KEPT = "alliance-lab-letters";
const LISTED = ["play", "arrows", "ends", "ended", "escape", "tab", "undo", "redo", "arm", "world", "search", "add", "large", "help"];

function isTyping(target) {
  if (target.isContentEditable) return true;
  if (target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  return target.tagName === "INPUT" && !["range", "checkbox", "radio", "button"].includes(target.type);
}

export class KeyboardHelp {
  // actions: {undo, redo, arm(place), world, search, add, large}
  constructor(actions) {
    this.actions = actions;
    this.letters = make("input", {
      type: "checkbox",
      id: "letters",
      checked: localStorage.getItem(KEPT) !== "off",
      onchange: () => this.#switch(),
    });
    this.#switch();
    const rows = LISTED.map((key) =>
      make("tr", {}, [make("th", { scope: "row", text: say(`lab.key.${key}`) }), make("td", { text: say(`lab.does.${key}`) })]),
    );
    this.dialog = make("dialog", { class: "help", "aria-labelledby": "help-title", "data-test": "help-dialog" }, [
      make("h2", { id: "help-title", text: say("lab.keys") }),
      make("table", {}, [make("tbody", {}, rows)]),
      make("p", { class: "letters" }, [this.letters, make("label", { for: "letters", text: say("lab.letters") })]),
      make("p", { class: "hint", text: say("lab.thinking") }),
      button(say("lab.close"), () => this.dialog.close(), { "data-test": "help-close" }),
    ]);
    this.element = button(say("lab.help"), () => this.dialog.showModal(), { "aria-haspopup": "dialog", "data-test": "help" });
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  // For the viewer too, which has a letter of its own.
  #switch() {
    const now = this.letters.checked ? "on" : "off";
    localStorage.setItem(KEPT, now);
    document.documentElement.dataset.letters = now;
  }

  #key(event) {
    const letter = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && ["z", "y"].includes(letter)) {
      if (isTyping(event.target)) return;
      event.preventDefault();
      if (letter === "y" || event.shiftKey) this.actions.redo();
      else this.actions.undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || this.dialog.open) return;
    if (this.letters.checked && this.#letter(letter)) event.preventDefault();
  }

  #letter(letter) {
    if (letter === "?") this.dialog.showModal();
    else if (letter === "/") this.actions.search();
    else if (letter === "w") this.actions.world();
    else if (letter === "n") this.actions.add();
    else if (letter === "l") this.actions.large();
    else if ("1234".includes(letter)) this.actions.arm(Number(letter) - 1);
    else return false;
    return true;
  }
}
