// Single runs: one request in flight per arm, the last wish remembered, never debounced. While one answer is on its way
// a slider may move ten times; then only the tenth is asked for.

import { history as askHistory } from "./wire.js";

const MOST_TIMINGS = 200;

export class Asking {
  // onAnswer(id, bytes, ask), onProblem(id, refusal)
  constructor(flights, onAnswer, onProblem) {
    this.flights = flights;
    this.onAnswer = onAnswer;
    this.onProblem = onProblem;
    this.arms = new Map(); // id -> {wish: {ask, at}|null, isFlying, asked: text of the last ask}
    this.timings = [];
  }

  get isBusy() {
    return [...this.arms.values()].some((arm) => arm.isFlying);
  }

  wish(id, ask) {
    const arm = this.arms.get(id) ?? { wish: null, isFlying: false, asked: "" };
    this.arms.set(id, arm);
    const text = JSON.stringify(ask);
    if (text === arm.asked) return;
    arm.asked = text;
    arm.wish = { ask, at: performance.now() };
    if (!arm.isFlying) this.#fly(id, arm);
  }

  // Arms that are no more: answers on their way are dropped.
  keepOnly(ids) {
    for (const id of [...this.arms.keys()]) if (!ids.includes(id)) this.arms.delete(id);
  }

  async #fly(id, arm) {
    arm.isFlying = true;
    this.flights.begin();
    try {
      await this.#fulfil(id, arm);
    } finally {
      arm.isFlying = false;
      if (arm.wish && this.arms.get(id) === arm) this.#fly(id, arm); // wished for in the last moment
      this.flights.end();
    }
  }

  async #fulfil(id, arm) {
    while (arm.wish && this.arms.get(id) === arm) {
      const { ask, at } = arm.wish;
      arm.wish = null;
      const bytes = await this.#bytes(id, arm, ask);
      if (bytes === null || this.arms.get(id) !== arm) continue;
      const answered = performance.now();
      this.onAnswer(id, bytes, ask);
      this.#time(at, answered);
    }
  }

  async #bytes(id, arm, ask) {
    try {
      return await askHistory(ask);
    } catch (problem) {
      if (!arm.wish) arm.asked = ""; // the same may be asked again
      if (this.arms.get(id) === arm) this.onProblem(id, problem);
      return null;
    }
  }

  #time(asked, answered) {
    requestAnimationFrame(() => {
      this.timings.push({ asked, answered, drawn: performance.now() });
      if (this.timings.length > MOST_TIMINGS) this.timings.shift();
    });
  }
}
