// Placing a bet: the number, a name, and how many have bet. What the others said stays hidden until the reveal.

import { Flights } from "./flights.js";
import { button, make, once, rounded, show } from "./make.js";
import { say } from "./texts.js";

const KEPT_NAME = "alliance-lab-name";
const MOST_NAMES = 8;
const POLL_MS = 3000;

export class BetView {
  // ledger: of this lesson; actions: {onReveal(), flights: where a bet on its way is counted, optional}
  constructor(lesson, ledger, message, { onReveal, flights = new Flights() }) {
    Object.assign(this, { lesson, ledger, message, flights });
    this.count = make("p", { class: "bet-count", role: "status", "data-test": "bet-count" });
    this.place = button(say("lab.placeBet"), () => this.#place(), { class: "main", "data-test": "place-bet", disabled: true });
    this.reveal = button(say("lab.reveal"), onReveal, { class: "main", "data-test": "reveal", disabled: true });
    this.name = make("input", {
      type: "text",
      maxlength: 40,
      autocomplete: "off",
      id: "bet-name",
      value: localStorage.getItem(KEPT_NAME) ?? "",
      "data-test": "bet-name",
      onfocus: () => this.name.select(),
    });
    this.untouched = make("p", { class: "hint", text: say("lab.betUntouched") });
    this.element = make("form", { class: "bet", "data-test": "bet-form", onsubmit: (event) => this.#submit(event) }, [
      make("h2", { text: lesson.question, id: "bet-question" }),
      this.#number(),
      make("p", { class: "bet-who" }, [make("label", { for: "bet-name", text: say("lab.yourName") }), this.name]),
      this.untouched,
      make("div", { class: "bet-buttons" }, [this.place, this.reveal]),
      this.count,
    ]);
    this.poll = once(POLL_MS, () => this.#refresh());
  }

  async start() {
    await this.ledger.load();
    this.#show();
    this.poll();
  }

  async #refresh() {
    if (!this.element.isConnected) return; // the chapter was left, or revealed
    await this.ledger.load();
    this.#show();
    this.poll();
  }

  #number() {
    const { low, high, step, unit } = this.lesson.bet;
    const middle = rounded(low + Math.round((high - low) / 2 / step) * step);
    const set = (value) => {
      this.range.value = String(value);
      this.number.value = String(value);
      this.range.setAttribute("aria-valuetext", `${value} ${unit}`);
    };
    const common = { min: low, max: high, step, "aria-labelledby": "bet-question" };
    const touched = () => this.#touch();
    const onrange = () => set(Number(this.range.value));
    const onnumber = () => set(Math.min(high, Math.max(low, Number(this.number.value) || 0)));
    this.range = make("input", { ...common, type: "range", "data-test": "bet", oninput: onrange, onpointerdown: touched });
    this.number = make("input", { ...common, type: "number", "data-test": "bet-number", onchange: onnumber });
    for (const field of [this.range, this.number]) field.addEventListener("input", touched);
    set(middle);
    const ends = make("p", { class: "bet-ends", "aria-hidden": "true" }, [make("span", { text: String(low) }), make("span", { text: String(high) })]);
    const value = make("p", { class: "bet-value" }, [this.number, make("span", { text: unit })]);
    return make("div", { class: "bet-number" }, [value, this.range, ends]);
  }

  // The middle, where the slider stands at first, is nobody's bet.
  #touch() {
    this.place.disabled = false;
    show(this.untouched, false);
  }

  #submit(event) {
    event.preventDefault();
    if (!this.place.disabled) this.#place();
  }

  async #place() {
    const [typed, bet] = [this.name.value, this.number.value];
    localStorage.setItem(KEPT_NAME, typed.trim());
    this.flights.begin();
    try {
      this.#placed(typed, bet, await this.ledger.place(typed.trim(), Number(bet)));
    } catch (problem) {
      this.message.refusal(problem);
    } finally {
      this.flights.end();
    }
  }

  // A bet was taken under that name. Whoever has typed on, or revealed, meanwhile is not disturbed.
  #placed(typed, bet, name) {
    if (!this.element.isConnected) return;
    this.message.notify(say("lab.betPlaced", { bet, unit: this.lesson.bet.unit }));
    this.#show();
    if (this.name.value !== typed) return;
    this.name.value = name;
    this.reveal.focus();
  }

  #show() {
    const { bets, isShared } = this.ledger;
    this.reveal.disabled = bets.length === 0;
    const names = bets.slice(-MOST_NAMES).map((one) => one.name).join(", ");
    const key = bets.length > MOST_NAMES ? "lab.manyBets" : bets.length > 1 ? "lab.bets" : "lab.oneBet";
    const count = say(key, { count: bets.length, names });
    this.count.textContent = bets.length ? `${count} ${isShared ? "" : say("lab.onlyHere")}`.trim() : say("lab.noBets");
    show(this.count, true);
  }
}
