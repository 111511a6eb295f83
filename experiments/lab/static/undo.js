// Steps back and forward. A drag of a slider is one step, however many moves it had.

const MOST_STEPS = 200;
const SAME_STEP_MS = 1000;

export class Steps {
  constructor() {
    this.clear();
  }

  clear() {
    this.behind = [];
    this.ahead = [];
    this.tag = null;
    this.at = 0;
    this.held = false;
  }

  // tag: moves with the same one, close in time or while a slider is held, are one step; null stands alone.
  record(before, tag) {
    const now = performance.now();
    const goesOn = tag !== null && tag === this.tag && (this.held || now - this.at < SAME_STEP_MS);
    if (!goesOn) this.behind.push(before);
    if (this.behind.length > MOST_STEPS) this.behind.shift();
    this.ahead = [];
    this.tag = tag;
    this.at = now;
  }

  hold(isHeld) {
    this.held = isHeld;
    if (!isHeld) this.tag = null;
  }

  back(now) {
    if (!this.behind.length) return null;
    this.ahead.push(now);
    this.tag = null;
    return this.behind.pop();
  }

  forward(now) {
    if (!this.ahead.length) return null;
    this.behind.push(now);
    this.tag = null;
    return this.ahead.pop();
  }
}
