// One row of the list of ended alliances. Rows are filled again and again, never made anew while they are in sight.

import { element } from "./elements.js";
import { swatch } from "./swatch.js";
import { say } from "./texts.js";
import { causeOf, spanOf, whenOf } from "./tips.js";

export class ListRow {
  constructor(parent) {
    this.mark = element("span", { class: "viewer-row-arm" });
    this.pair = element("span", { class: "viewer-row-pair" });
    this.cause = element("span", { class: "viewer-row-cause" });
    this.when = element("span", { class: "viewer-row-when" });
    this.element = element("button", { type: "button", class: "viewer-row", role: "option" }, [this.mark, this.pair, this.cause, this.when]);
    parent.append(this.element);
    this.shown = {};
  }

  // {arm, index, place, of: rows in the list, top [CSS pixels], isActive, isChosen, many: whether there are several arms}
  show(state) {
    const { shown } = this;
    if (state.arm.history !== shown.history || state.index !== shown.index || state.arm.name !== shown.name) {
      this.fill(state.arm, state.index);
    }
    if (state.place !== shown.place || state.of !== shown.of) {
      this.element.style.transform = `translateY(${state.top}px)`;
      this.element.dataset.place = String(state.place);
      this.element.setAttribute("aria-posinset", String(state.place + 1));
      this.element.setAttribute("aria-setsize", String(state.of));
    }
    const mark = state.many ? `${state.arm.position} ${state.arm.name}` : "";
    if (mark !== shown.mark) {
      const name = () => element("span", { class: "viewer-unseen", text: `${state.arm.name}:` }); // the colour, for the ear
      this.mark.replaceChildren(...(state.many ? [swatch(state.arm.position), name()] : []));
    }
    if (state.isActive !== shown.isActive) {
      this.element.tabIndex = state.isActive ? 0 : -1;
    }
    if (state.isChosen !== shown.isChosen) {
      this.element.setAttribute("aria-selected", String(state.isChosen));
    }
    this.shown = { ...state, history: state.arm.history, name: state.arm.name, mark };
  }

  fill(arm, index) {
    const { history } = arm;
    const parts = {
      pair: history.nameOf(index),
      cause: causeOf(history, index),
      when: whenOf(history.ended[index]),
      life: spanOf(history.lifeOf(index)),
    };
    this.pair.textContent = parts.pair;
    this.cause.textContent = parts.cause;
    this.when.textContent = `${say("viewer.row_end", parts)} · ${say("viewer.row_life", parts)}`;
    this.element.dataset.arm = arm.id;
    this.element.dataset.index = String(index);
  }
}
