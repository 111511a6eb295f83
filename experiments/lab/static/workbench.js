// The lab itself: settings, arms, viewer, and what flows between them. state -> ask -> answer -> viewer.

import { Arms } from "./arms.js";
import { Asking } from "./asking.js";
import { Controls } from "./controls.js";
import { askOf, keyOf } from "./documents.js";
import { Gathering } from "./gathering.js";
import { readHistory } from "./history.js";
import { button, make } from "./make.js";
import { say } from "./texts.js";
import { Verdict } from "./verdict.js";
import { Viewer } from "./viewer.js";
import { autopsy, firm, telling } from "./wire.js";

export class Workbench {
  // events: {onLooked() when another quarter or alliance is looked at, onGrown() when there are more worlds, onSettings()}
  constructor(start, state, message, flights, events) {
    Object.assign(this, { state, message, flights, events });
    this.histories = new Map(); // id of an arm -> its last run
    this.quarter = 0;
    this.selected = null; // {id, index}
    this.look = null; // what a link wants to be looked at, once the runs are there
    this.alsoWanted = []; // asks of a chapter's truth
    this.asking = new Asking(flights, (id, bytes, ask) => this.#answered(id, bytes, ask), (id, problem) => this.#refused(problem));
    this.gathering = new Gathering(flights, (key, ensemble) => this.#grown(key, ensemble), (problem) => this.#refused(problem));
    this.controls = new Controls(start.sliders, state, (id) => this.histories.get(id)?.header.settings ?? null);
    this.opener = button(say("lab.settings"), () => events.onSettings(), { class: "side-opener", "aria-expanded": "false" });
    this.arms = new Arms(state, () => this.#full(), this.opener);
    this.verdict = new Verdict((arm) => this.gathering.of(askOf(arm, state.document)));
    this.#makeStage();
    this.isOpen = false;
    state.listen((document) => this.isOpen && this.#follow(document));
  }

  // Shows the document of the state; look: {quarter or null: the end of the warm-up, selected: [place, index]|null} of a link.
  open(look = null) {
    this.isOpen = true;
    this.look = look;
    this.selected = null;
    this.histories.clear();
    this.asking.keepOnly([]);
    this.listed = "";
    this.hasRefused = false;
    this.viewer.pause();
    this.#follow(this.state.document);
    if (!look) this.look = { quarter: null, selected: null };
  }

  // Where the keyboard begins: the viewer hears its keys there.
  get focusable() {
    return this.viewer.root;
  }

  close() {
    this.isOpen = false;
    this.viewer.pause();
    this.asking.keepOnly([]);
    this.gathering.want([]);
  }

  // Asks whose many worlds are needed beside those of the arms.
  want(asks) {
    this.alsoWanted = asks;
  }

  focusSearch() {
    this.controls.search.focus();
  }

  get looked() {
    const place = this.state.document.arms.findIndex((arm) => arm.id === this.selected?.id);
    return { quarter: this.quarter, selected: place < 0 ? null : [place, this.selected.index] };
  }

  #makeStage() {
    const root = make("div", { class: "viewer-root", tabindex: -1 });
    this.element = make("main", { class: "stage", "data-test": "stage", "aria-label": say("lab.stage") }, [
      this.arms.element,
      this.verdict.element,
      root,
    ]);
    this.viewer = new Viewer(root, {
      source: {
        autopsy: (id, index) => this.#story(id, (ask) => autopsy(ask, index)),
        firm: (id, seat, quarter) => this.#story(id, (ask) => firm(ask, seat, quarter)),
        telling: (id) => this.#story(id, telling),
      },
      onButFor: (id, index, entry) => this.#showWorld(id, entry),
      onQuarter: (quarter) => this.#looked({ quarter }),
      onSelect: (id, index) => this.#looked({ selected: index === null || index === undefined ? null : { id, index } }),
    });
  }

  #showWorld(id, entry) {
    if (this.state.addArmWith(id, entry)) this.element.scrollIntoView({ block: "start" });
    else this.#full();
  }

  async #story(id, tell) {
    const { document } = this.state;
    const arm = document.arms.find((one) => one.id === id);
    this.flights.begin();
    try {
      return await tell(askOf(arm, document));
    } finally {
      this.flights.end();
    }
  }

  #looked(part) {
    Object.assign(this, part);
    this.events.onLooked();
  }

  #full() {
    this.message.problem([say("lab.full")]);
  }

  #follow(document) {
    const ids = document.arms.map((arm) => arm.id);
    this.asking.keepOnly(ids);
    for (const id of [...this.histories.keys()]) if (!ids.includes(id)) this.histories.delete(id);
    this.#listArms(document);
    for (const arm of document.arms) this.asking.wish(arm.id, askOf(arm, document));
    this.#followWorlds(document);
    this.controls.update(document);
    this.arms.update(document);
    this.verdict.update(document);
  }

  #listArms(document) {
    // Arms that came, went or were renamed; a mere move of a slider must not pass here. Returns whether there were any.
    // Before the first arm's run what was there stays for the moment it takes: firms are placed by that run, always.
    const isEarly = !this.histories.has(document.arms[0].id) && !this.listed && !this.hasRefused;
    if (this.histories.size === 0 || isEarly) return false;
    const listed = JSON.stringify(document.arms.map((arm) => [arm.id, arm.name]));
    if (listed === this.listed) return false;
    this.listed = listed;
    const arms = document.arms.map((arm) => {
      const { id, name } = arm;
      return { id, name, history: this.histories.get(id) ?? null, ensemble: this.gathering.of(askOf(arm, document)) };
    });
    this.viewer.setArms(arms);
    return true;
  }

  #followWorlds(document) {
    const asks = document.arms.map((arm) => askOf(arm, document));
    const isHidden = document.lesson !== null && !document.revealed;
    this.gathering.want(isHidden ? [] : [...asks, ...this.alsoWanted]);
  }

  #answered(id, bytes, ask) {
    const history = readHistory(bytes);
    this.histories.set(id, history);
    if (!this.#listArms(this.state.document) && this.listed) this.viewer.setHistory(id, history);
    const ensemble = this.gathering.of(ask);
    if (ensemble && this.listed) this.viewer.setEnsemble(id, ensemble); // known already: an undo, or another world of the same
    if (this.hasRefused) this.message.clear();
    this.hasRefused = false;
    if (id === this.state.document.active) this.controls.update(this.state.document);
    if (this.look && this.histories.size === this.state.document.arms.length) this.#lookAs(this.look);
  }

  #lookAs(look) {
    this.look = null;
    const [{ id: first }] = this.state.document.arms;
    this.viewer.setQuarter(look.quarter ?? this.histories.get(first).warmUp); // what comes before is not measured
    if (!look.selected) return;
    const { id } = this.state.document.arms[look.selected[0]];
    if (look.selected[1] < this.histories.get(id).alliances) this.viewer.select(id, look.selected[1]);
  }

  #refused(problem) {
    this.hasRefused = true;
    this.#listArms(this.state.document); // the arms that did run are shown all the same
    this.message.refusal(problem);
  }

  #grown(key, ensemble) {
    const { document } = this.state;
    if (!this.isOpen) return;
    const known = document.arms.filter((arm) => this.listed && this.histories.has(arm.id));
    for (const arm of known) if (keyOf(askOf(arm, document)) === key) this.viewer.setEnsemble(arm.id, ensemble);
    this.verdict.update(document);
    this.events.onGrown();
  }
}
