// What is on its way: counts requests, so that a test or a saved page can wait until all answers are there.

export class Flights {
  constructor() {
    this.count = 0;
    this.waiting = [];
  }

  begin() {
    this.count += 1;
  }

  end() {
    this.count -= 1;
    if (this.count > 0) return;
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  idle() {
    if (this.count === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
