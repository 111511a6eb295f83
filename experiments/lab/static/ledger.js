// The bets of a class on one chapter: kept by the server so that everyone sees them, or by this browser where it cannot.

import { say } from "./texts.js";
import { askJson, postJson } from "./wire.js";

export class Ledger {
  // lesson: number and bet are read; bets that no slider could have placed are left out
  constructor(lesson) {
    this.lesson = lesson.number;
    this.isPossible = ({ bet }) => bet >= lesson.bet.low && bet <= lesson.bet.high;
    this.bets = []; // {name, bet}
    this.isShared = true;
  }

  async load() {
    if (!this.isShared) return;
    try {
      this.bets = (await askJson("/api/bets", { lesson: this.lesson })).bets.filter(this.isPossible);
    } catch (problem) {
      if (!problem.problems) throw problem;
      this.#fallBack();
    }
  }

  // Returns the name under which the bet stands: who gave none is given one.
  async place(name, bet) {
    if (this.isShared) {
      try {
        const answer = await postJson("/api/bets", { lesson: this.lesson, name, bet });
        await this.load();
        return (await answer.json()).name;
      } catch (problem) {
        if (!problem.problems) throw problem;
        if (problem.status === 400) throw problem; // the bet itself is wrong, and would be anywhere
        this.#fallBack();
      }
    }
    const shown = name || say("lab.guest", { number: this.bets.length + 1 });
    this.bets = [...this.bets.filter((one) => one.name !== shown), { name: shown, bet }];
    localStorage.setItem(this.#key(), JSON.stringify(this.bets));
    return shown;
  }

  #fallBack() {
    this.isShared = false;
    try {
      this.bets = JSON.parse(localStorage.getItem(this.#key()) ?? "[]");
    } catch {
      this.bets = [];
    }
  }

  #key() {
    return `alliance-lab-bets-${this.lesson}`;
  }
}
