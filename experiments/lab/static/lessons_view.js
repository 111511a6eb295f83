// A chapter: read, bet, reveal, try, debrief. What comes after the reveal is not there before it.

import { BetView } from "./bet_view.js";
import { button, make, paragraphs, show } from "./make.js";
import { Ledger } from "./ledger.js";
import { say } from "./texts.js";
import { TruthView } from "./truth_view.js";

function section(title, children, hook = null) {
  return make("section", { class: "chapter-part", "data-test": hook }, [make("h2", { text: title }), ...children]);
}

function listed(texts) {
  return make("ul", { class: "chapter-list" }, texts.map((text) => make("li", { text })));
}

export class LessonView {
  // lessons: all of them; actions: {onReveal(), onTry(name, changes), flights, optional}; controls: the element of the settings left open
  constructor(lesson, lessons, message, actions) {
    this.lesson = lesson;
    this.actions = actions;
    this.ledger = new Ledger(lesson);
    this.bet = new BetView(lesson, this.ledger, message, actions);
    this.truth = new TruthView(lesson, this.ledger, () => this.#debrief());
    this.slot = make("div", { class: "chapter-controls" });
    this.before = make("div", { class: "chapter-before" }, [...paragraphs(lesson.text), this.bet.element]);
    this.after = make("div", { class: "chapter-after", hidden: true }, this.#afterwards());
    const place = lessons.findIndex((one) => one.number === lesson.number);
    this.following = lessons[place + 1] ?? null;
    this.debrief.append(this.#next());
    this.heading = make("h1", { text: lesson.title, tabindex: -1 });
    this.element = make("article", { class: "chapter", "data-test": "lesson", "aria-label": lesson.title }, [
      make("p", { class: "chapter-number", text: say("lab.chapterOf", { number: place + 1, all: lessons.length, minutes: lesson.minutes }) }),
      this.heading,
      make("p", { class: "chapter-idea", text: lesson.idea }),
      this.before,
      this.after,
    ]);
  }

  // isRevealed: of the document; a link may open a chapter that was revealed
  async open(isRevealed) {
    await this.ledger.load();
    if (isRevealed) this.reveal();
    else await this.bet.start();
  }

  // controls: the element of the settings that the chapter leaves open
  reveal(controls) {
    this.before.remove();
    show(this.after, true);
    if (controls) this.slot.replaceChildren(controls);
  }

  // ensembles: one per arm of the chapter as it was written
  grown(ensembles) {
    this.truth.update(ensembles);
  }

  get isWhole() {
    return this.truth.isWhole;
  }

  #afterwards() {
    const { reveal, look, question, tries = [] } = this.lesson;
    const asked = make("p", { class: "chapter-question", text: question });
    const attempts = tries.map((one) => this.#attempt(one));
    this.debrief = this.#debriefing();
    return [
      asked,
      this.truth.element,
      ...paragraphs(reveal),
      section(say("lab.look"), [listed(look)]),
      section(say("lab.tryIt"), [make("p", { class: "hint", text: say("lab.tryHint") }), ...attempts, this.slot]),
      this.debrief,
    ];
  }

  #attempt({ name, changes, says }) {
    const go = () => this.actions.onTry(name, changes);
    return make("p", { class: "attempt" }, [button(name, go, { "data-test": "try" }), make("span", { text: says })]);
  }

  #debriefing() {
    const { debrief, wrong } = this.lesson;
    const mistaken = section(say("lab.wrong"), [listed(wrong)]);
    const part = section(say("lab.debrief"), [...paragraphs(debrief), mistaken], "debrief");
    show(part, false);
    return part;
  }

  #next() {
    const { following } = this;
    const href = following ? `#chapter-${following.number}` : "#sandbox";
    const text = following ? say("lab.nextChapter", { title: following.title }) : say("lab.toSandbox");
    return make("div", { class: "chapter-next" }, [
      make("p", { text: this.lesson.next }),
      make("a", { class: "button main", href, text, "data-test": "next-chapter" }),
    ]);
  }

  #debrief() {
    show(this.debrief, true);
  }
}
