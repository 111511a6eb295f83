// What the picture shows, in words, for those who hear the page: said when the run stands still, not at every frame.

import { element } from "./elements.js";
import { say } from "./texts.js";
import { quarterLine, whenOf } from "./tips.js";

const WAIT = 400; // milliseconds of rest before anything is said

export class Summary {
  constructor() {
    const region = { role: "status", "aria-live": "polite", "aria-label": say("viewer.summary") };
    this.element = element("div", { class: "viewer-summary", test: "summary", ...region });
    this.timer = 0;
  }

  // arms: [{name, history}] of those that have a history
  show(arms, quarter) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const lines = arms.map(({ name, history }) => say("viewer.summary_arm", { name, line: quarterLine(history, quarter) }));
      this.element.textContent = [say("viewer.summary_quarter", { when: whenOf(quarter) }), ...lines].join(" ");
    }, WAIT);
  }
}
