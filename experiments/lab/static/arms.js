// The arms: up to four worlds under the same luck. One is in hand: the sliders move it. A pinned one stays as it is.

import { MOST_ARMS } from "./documents.js";
import { armLook } from "./colours.js";
import { button, drawing, make, show } from "./make.js";
import { say } from "./texts.js";

const SHAPES = {
  circle: "M8 2a6 6 0 1 0 .01 0Z",
  square: "M3 3H13V13H3Z",
  triangle: "M8 2 14.5 13.5H1.5Z",
  diamond: "M8 1 15 8 8 15 1 8Z",
};

function armMark(place) {
  // The arm's colour, and its shape beside the colour.
  const { colour, shape } = armLook(place);
  const path = drawing("path", { d: SHAPES[shape], fill: colour });
  return drawing("svg", { viewBox: "0 0 16 16", class: "arm-mark", "aria-hidden": "true" }, [path]);
}

export class Arms {
  // onFull(): a fifth arm was wanted; opener: the button that shows the settings on a narrow page
  constructor(state, onFull, opener) {
    this.state = state;
    this.list = make("ul", { class: "arms-list", role: "list" });
    this.add = button(say("lab.addArm"), () => state.addArm() || onFull(), { "data-test": "add-arm", title: say("lab.addArmHint") });
    const label = make("h2", { class: "arms-title", text: say("lab.arms"), title: say("lab.sameLuck") });
    this.element = make("section", { class: "arms", "aria-label": say("lab.arms") }, [label, this.list, this.add, opener]);
    this.shown = "";
  }

  update(document) {
    const text = JSON.stringify([document.lesson, document.arms.map(({ id, name, pinned }) => [id, name, pinned])]);
    if (text !== this.shown) this.#listAnew(document);
    this.shown = text;
    for (const item of this.list.children) {
      const isActive = item.dataset.arm === document.active;
      item.classList.toggle("is-active", isActive);
      item.querySelector("[data-test=arm-choose]").checked = isActive;
    }
  }

  #listAnew(document) {
    const focus = this.#focused();
    this.list.replaceChildren(...document.arms.map((arm, place) => this.#item(arm, place, document)));
    show(this.add, document.lesson === null);
    this.add.disabled = document.arms.length >= MOST_ARMS;
    if (focus) this.#refocus(focus);
  }

  #item(arm, place, document) {
    const { name } = arm;
    const choose = make("input", {
      type: "radio",
      name: "active-arm",
      id: `choose-${arm.id}`,
      "aria-label": say("lab.slidersMove", { name }),
      title: say("lab.slidersMove", { name }),
      "data-test": "arm-choose",
      onchange: () => this.state.activate(arm.id),
    });
    const parts = [make("label", { class: "arm-choose", for: `choose-${arm.id}` }, [choose, armMark(place)]), this.#name(arm)];
    if (document.lesson === null) parts.push(this.#pin(arm));
    if (document.arms.length > 1) parts.push(this.#remove(arm));
    return make("li", { class: arm.pinned ? "arm is-pinned" : "arm", "data-test": "arm", "data-arm": arm.id }, parts);
  }

  #name(arm) {
    const input = make("input", {
      type: "text",
      class: "arm-name",
      value: arm.name,
      maxlength: 60,
      size: Math.min(26, Math.max(2, arm.name.length)),
      title: arm.name,
      "aria-label": say("lab.nameOfArm", { name: arm.name }),
      "data-test": "arm-name",
      "data-part": "name",
      onfocus: () => this.state.activate(arm.id),
      onchange: () => this.state.renameArm(arm.id, input.value),
      onkeydown: (event) => event.key === "Enter" && input.blur(),
    });
    return input;
  }

  #pin(arm) {
    return button(say(arm.pinned ? "lab.pinned" : "lab.pin"), () => this.state.pinArm(arm.id, !arm.pinned), {
      class: "quiet arm-pin",
      "aria-pressed": String(arm.pinned),
      "aria-label": say(arm.pinned ? "lab.pinnedArm" : "lab.pinArm", { name: arm.name }),
      title: say("lab.pinHint"),
      "data-test": "arm-pin",
      "data-part": "pin",
    });
  }

  #remove(arm) {
    return button("×", () => this.state.removeArm(arm.id), {
      class: "remove",
      "aria-label": say("lab.removeArm", { name: arm.name }),
      title: say("lab.removeArm", { name: arm.name }),
      "data-test": "arm-remove",
    });
  }

  #focused() {
    // Which part of which arm has the focus: the list is made anew, and the focus must not be lost.
    const inside = window.document.activeElement;
    const item = inside && inside.closest ? inside.closest("[data-test=arm]") : null;
    if (!item || !this.list.contains(item)) return null;
    return { arm: item.dataset.arm, hook: inside.dataset.test };
  }

  #refocus({ arm, hook }) {
    const item = [...this.list.children].find((child) => child.dataset.arm === arm);
    const target = item ? item.querySelector(`[data-test=${hook}]`) : null;
    (target ?? this.add).focus();
  }
}
