// Many worlds: they follow 150 ms after the last move and grow while the page is idle, 8 worlds a request, up to 100.
// One request at a time for the whole page, and single runs go first.

import { Ensemble } from "./ensemble.js";
import { keyOf } from "./documents.js";
import { once } from "./make.js";
import { ensemble as askEnsemble } from "./wire.js";

export const WORLDS = 100;
const WORLDS_A_REQUEST = 8;
const QUIET_MS = 150;
const MOST_KEPT = 24;

export class Gathering {
  // onGrown(key, ensemble) after each answer, onProblem(refusal)
  constructor(flights, onGrown, onProblem) {
    this.flights = flights;
    this.onGrown = onGrown;
    this.onProblem = onProblem;
    this.kept = new Map(); // key -> {ask, ensemble, worlds, hasFailed}
    this.wanted = [];
    this.isRunning = false;
    this.isScheduled = false;
    this.stop = null;
    this.start = once(QUIET_MS, () => this.#begin());
  }

  // asks: those whose many worlds are looked at now; all others rest.
  want(asks) {
    const keys = [...new Set(asks.map(keyOf))];
    for (const ask of asks) this.#keep(keyOf(ask), ask);
    const isNew = keys.some((key) => !this.wanted.includes(key));
    this.wanted = keys;
    if (!isNew) return;
    if (this.stop) this.stop.abort();
    if (!this.isScheduled) this.flights.begin();
    this.isScheduled = true;
    this.start();
  }

  of(ask) {
    const found = this.kept.get(keyOf(ask));
    return found && found.worlds ? found.ensemble : null;
  }

  #keep(key, ask) {
    const found = this.kept.get(key) ?? { ask, ensemble: new Ensemble(), worlds: 0, hasFailed: false };
    found.hasFailed = false;
    this.kept.delete(key); // the last used stand last
    this.kept.set(key, found);
    for (const old of this.kept.keys()) {
      if (this.kept.size <= MOST_KEPT) break;
      if (!this.wanted.includes(old)) this.kept.delete(old);
    }
  }

  async #begin() {
    if (!this.isRunning) {
      this.isRunning = true;
      this.flights.begin();
      this.#release();
      try {
        while (await this.#grow());
      } finally {
        this.isRunning = false;
        this.flights.end();
      }
    } else this.#release();
  }

  #release() {
    if (this.isScheduled) this.flights.end();
    this.isScheduled = false;
  }

  // The ensemble with the fewest worlds grows first, so that arms stay comparable. False when there is nothing to do.
  async #grow() {
    const open = this.wanted.map((key) => [key, this.kept.get(key)]).filter(([, one]) => this.#isOpen(one));
    if (!open.length || this.isScheduled) return false;
    const [key, one] = open.reduce((least, next) => (next[1].worlds < least[1].worlds ? next : least));
    const count = Math.min(WORLDS_A_REQUEST, WORLDS - one.worlds);
    const bytes = await this.#bytes(one, count);
    if (bytes !== null) {
      one.ensemble.add(bytes);
      one.worlds += count;
      this.onGrown(key, one.ensemble);
    }
    return true;
  }

  async #bytes(one, count) {
    this.stop = new AbortController();
    try {
      return await askEnsemble(one.ask, one.worlds, count, this.stop.signal);
    } catch (problem) {
      if (problem.name !== "AbortError") {
        one.hasFailed = true;
        this.onProblem(problem);
      }
      return null;
    }
  }

  #isOpen(one) {
    return one && !one.hasFailed && one.worlds < WORLDS;
  }
}
