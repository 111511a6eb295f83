// What the lab has to say outside its panels: problems (an alert, until closed) and notices (gone after a while).

import { button, make, paragraphs, show } from "./make.js";
import { say } from "./texts.js";

const NOTICE_MS = 5000;

export class Message {
  constructor() {
    this.alert = make("div", { class: "message-problem", role: "alert", "data-test": "message", hidden: true });
    this.notice = make("div", { class: "message-notice", role: "status", "data-test": "notice" });
    this.element = make("div", { class: "messages" }, [this.alert, this.notice]);
    this.timer = 0;
  }

  // texts: sentences; the same ones again change nothing.
  problem(texts) {
    const close = button(say("lab.close"), () => this.clear(), { class: "quiet" });
    this.alert.replaceChildren(make("div", {}, paragraphs(texts)), close);
    show(this.alert, true);
  }

  refusal(problem) {
    if (!problem.problems) throw problem;
    this.problem(problem.problems);
  }

  notify(text) {
    this.notice.textContent = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.notice.textContent = ""), NOTICE_MS);
  }

  forget() {
    this.notice.textContent = "";
  }

  clear() {
    this.alert.replaceChildren();
    show(this.alert, false);
  }
}
