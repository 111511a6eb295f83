// The ended alliances as a list: the second way to everything that a click in the picture does, and the quick one by
// keyboard. Only the rows in sight exist as elements, so that thousands stay fast.

import { button, element } from "./elements.js";
import { ListRow } from "./ended_row.js";
import { rowsOf } from "./ended_rows.js";
import { say, sayCount } from "./texts.js";
import { wordsOf } from "./tips.js";

const ROW = 52; // height of a row [CSS pixels]; viewer.css has the same number
const HIGH = 352; // height of the list before it was measured
const SPARE = 4; // rows made beyond those in sight
const SORTS = ["life", "quarter", "short"];

// asks: {onChoose(arm id, index): a row was clicked, or entered; onTelling(arm id): which lives are worth reading?}
export class EndedList {
  constructor({ onChoose, onTelling }) {
    this.onChoose = onChoose;
    this.cause = choice("viewer.filter_cause", () => this.refresh());
    this.arm = choice("viewer.filter_arm", () => this.refresh());
    this.sort = choice("viewer.sort", () => this.refresh());
    fill(this.sort.select, SORTS.map((sort) => [sort, say(`viewer.sort_${sort}`)]));
    this.told = tick("viewer.filter_told", () => this.refresh());
    this.telling = button({ text: say("viewer.telling"), test: "telling", hidden: true }, () => onTelling(this.arm.select.value || this.arms[0].id));
    this.count = element("p", { class: "viewer-note", role: "status" });
    this.inner = element("div", { class: "viewer-list-inner", role: "presentation" });
    this.list = element("div", { class: "viewer-list", role: "listbox", test: "ended-list", "aria-label": say("viewer.ended_label") }, [this.inner]);
    this.none = element("p", { class: "viewer-none", text: say("viewer.none_ended"), hidden: true });
    this.element = element("section", { class: "viewer-section viewer-ended", "aria-label": say("viewer.ended") }, [
      element("div", { class: "viewer-head" }, [element("h3", { text: say("viewer.ended") }), this.telling]),
      element("div", { class: "viewer-filters" }, [this.cause.label, this.arm.label, this.sort.label, this.told.label]),
      this.count,
      this.list,
      this.none,
    ]);
    this.arms = [];
    this.rows = { arm: new Uint8Array(0), index: new Uint32Array(0) };
    this.made = new Map(); // place in the list -> ListRow
    this.active = 0;
    this.chosen = null; // {id, index} of what is selected
    this.scrolled = 0; // kept, because asking the browser would make it lay the page out
    this.high = HIGH;
    this.listen();
  }

  // arms: [{id, name, history, position}] of those that have a history
  show(arms) {
    this.arms = arms;
    const causes = arms.length > 0 ? arms[0].history.causes : [];
    fill(this.cause.select, [["", say("viewer.all_causes")], ...causes.map((cause, row) => [row, wordsOf(cause)])]);
    fill(this.arm.select, [["", say("viewer.all_arms")], ...arms.map((arm) => [arm.id, arm.name])]);
    this.arm.label.hidden = arms.length < 2;
    this.told.label.hidden = arms.every((arm) => !arm.told);
    this.refresh(true);
  }

  // Marks the row of what is selected; null for none.
  setChosen(id, index) {
    this.chosen = index === null ? null : { id, index };
    this.render();
  }

  focus() {
    if (this.rows.index.length > 0) {
      this.moveTo(this.active);
    } else {
      this.cause.select.focus();
    }
  }

  resize() {
    this.high = parseFloat(getComputedStyle(this.list).maxHeight) || HIGH;
    this.render();
  }

  // keep: stay at the place where the reader is, as far as the list still reaches
  refresh(keep = false) {
    const cause = this.cause.select.value;
    const filter = { arm: this.arm.select.value, cause: cause === "" ? null : Number(cause), told: this.told.box.checked, sort: this.sort.select.value };
    this.rows = rowsOf(this.arms, filter);
    const length = this.rows.index.length;
    this.active = keep ? Math.max(0, Math.min(this.active, length - 1)) : 0;
    this.scrolled = keep ? Math.max(0, Math.min(this.scrolled, length * ROW - this.high)) : 0;
    this.inner.style.height = `${length * ROW}px`;
    this.count.textContent = sayCount("viewer.ended_count", length.toLocaleString("en-GB"));
    this.none.hidden = length > 0;
    this.list.hidden = length === 0;
    if (!keep) {
      this.list.scrollTop = 0;
    }
    this.render();
  }

  // Fills the rows in sight, and the active one wherever it is: it may have the focus.
  render() {
    const length = this.rows.index.length;
    const first = Math.max(0, Math.floor(this.scrolled / ROW) - SPARE);
    const last = Math.min(length, Math.ceil((this.scrolled + this.high) / ROW) + SPARE);
    const spare = [];
    for (const [place, row] of this.made) {
      if ((place < first || place >= last) && (place !== this.active || place >= length)) {
        this.made.delete(place);
        spare.push(row);
      }
    }
    for (let place = first; place < last; place += 1) {
      this.fillRow(place, spare);
    }
    if (this.active < length) {
      this.fillRow(this.active, spare);
    }
    spare.forEach((row) => row.element.remove());
  }

  fillRow(place, spare) {
    let row = this.made.get(place);
    if (row === undefined) {
      row = spare.pop() ?? new ListRow(this.inner);
      this.made.set(place, row);
    }
    const arm = this.arms[this.rows.arm[place]];
    const index = this.rows.index[place];
    const isChosen = this.chosen !== null && this.chosen.id === arm.id && this.chosen.index === index;
    const where = { place, of: this.rows.index.length, top: place * ROW };
    row.show({ arm, index, ...where, isActive: place === this.active, isChosen, many: this.arms.length > 1 });
  }

  moveTo(place) {
    this.active = Math.max(0, Math.min(this.rows.index.length - 1, place));
    const top = this.active * ROW;
    if (top < this.scrolled || top + ROW > this.scrolled + this.high) {
      this.scrolled = top < this.scrolled ? top : top + ROW - this.high;
      this.list.scrollTop = this.scrolled;
    }
    this.render();
    this.made.get(this.active).element.focus({ preventScroll: true });
    this.list.scrollIntoView({ block: "nearest" });
  }

  choose() {
    this.onChoose(this.arms[this.rows.arm[this.active]].id, this.rows.index[this.active]);
  }

  listen() {
    this.list.addEventListener("scroll", () => {
      this.scrolled = this.list.scrollTop;
      this.render();
    }, { passive: true });
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) {
        this.moveTo(Number(row.dataset.place));
        this.choose();
      }
    });
    this.list.addEventListener("keydown", (event) => {
      const page = Math.max(1, Math.floor(this.high / ROW) - 1);
      const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
      if (event.key in steps) {
        this.moveTo(this.active + steps[event.key]);
      } else if (event.key === "Enter" || event.key === " ") {
        this.choose();
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    });
  }
}

// Ticked at first: pages without a server hold the stories of some alliances only.
function tick(key, onChange) {
  const box = element("input", { type: "checkbox" });
  box.checked = true;
  box.addEventListener("change", onChange);
  return { box, label: element("label", { class: "viewer-tick", hidden: true }, [box, element("span", { text: say(key) })]) };
}

function choice(key, onChange) {
  const select = element("select");
  select.addEventListener("change", onChange);
  return { select, label: element("label", {}, [element("span", { text: say(key) }), select]) };
}

// Gives a select its options, if they are others than it has; what was chosen stays chosen where it still can.
function fill(select, options) {
  const key = JSON.stringify(options);
  if (select.dataset.key === key) {
    return;
  }
  const before = select.value;
  select.dataset.key = key;
  select.replaceChildren(...options.map(([value, text]) => element("option", { value, text })));
  select.value = options.some(([value]) => String(value) === before) ? before : String(options[0][0]);
}
