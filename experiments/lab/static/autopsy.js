// What happened to one alliance, what would have saved it; or the story of one firm. Opens beside the picture.

import { autopsyFigure } from "./autopsy_figure.js";
import { butForList } from "./but_for.js";
import { button, element } from "./elements.js";
import { say } from "./texts.js";
import { causeOf, spanOf, whenOf, wordsOf } from "./tips.js";

// asks: {onRoom(): it takes or gives back room, onClose(), onQuarter(quarter), onChoose(id, index), onButFor(id, index, entry) or undefined}
export class Autopsy {
  constructor(asks) {
    this.asks = asks;
    this.title = element("h3", { tabindex: -1, class: "viewer-autopsy-title" });
    this.body = element("div", { class: "viewer-autopsy-body" });
    const close = button({ class: "viewer-close", text: "✕", "aria-label": say("viewer.close"), test: "autopsy-close" }, asks.onClose);
    const head = element("div", { class: "viewer-autopsy-head" }, [this.title, close]);
    const region = { class: "viewer-autopsy", test: "autopsy", role: "region", "aria-label": say("viewer.autopsy") };
    this.panel = element("section", region, [head, this.body]);
    this.element = element("div", { class: "viewer-drawer", hidden: true }, [this.panel]);
    this.asked = 0;
  }

  get isOpen() {
    return !this.element.hidden;
  }

  // ask: () -> Promise of the story, or null where there is no one to ask. side: "left" | "right", where it hides least
  async openAlliance(id, index, title, ask, side) {
    await this.open(title, ask, side, say("viewer.no_source"), (story) => this.allianceParts(id, index, story));
  }

  async openFirm(id, history, title, ask, side) {
    await this.open(title, ask, side, say("viewer.no_firm"), (story) => this.firmParts(id, history, story));
  }

  async openTelling(id, history, title, ask, side) {
    await this.open(title, ask, side, say("viewer.no_telling"), (story) => this.tellingParts(id, history, story));
  }

  close() {
    this.asked += 1; // an answer that is still to come is no longer wanted
    this.element.hidden = true;
    this.body.replaceChildren();
    this.asks.onRoom();
  }

  async open(title, ask, side, none, partsOf) {
    this.asked += 1;
    const mine = this.asked;
    this.title.textContent = title;
    this.element.dataset.side = side;
    this.element.hidden = false;
    this.asks.onRoom();
    this.panel.setAttribute("aria-busy", "true");
    this.body.replaceChildren(element("p", { class: "viewer-asking", text: say("viewer.asking") }));
    this.title.focus({ preventScroll: true });
    const { parts, name } = await this.answer(ask, none, partsOf);
    if (mine === this.asked) {
      this.panel.removeAttribute("aria-busy");
      this.title.textContent = name ?? title;
      this.body.replaceChildren(...parts);
      this.panel.scrollTop = 0;
    }
  }

  async answer(ask, none, partsOf) {
    try {
      const story = ask === null ? null : await ask();
      return story ? { parts: partsOf(story), name: nameOf(story) } : { parts: [element("p", { text: none, test: "autopsy-answer" })] };
    } catch (problem) {
      const told = say("viewer.failed", { problem: problem.message });
      return { parts: [element("p", { class: "viewer-problem", role: "alert", text: told })] };
    }
  }

  allianceParts(id, index, story) {
    const { alliance } = story;
    const cause = alliance.cause === null ? say("viewer.cause_none") : say("viewer.cause_was", { cause: wordsOf(alliance.cause) });
    const figure = autopsyFigure(story);
    return [
      element("p", { class: "viewer-answer", test: "autopsy-answer", text: story.answer }),
      element("p", { class: "viewer-cause" }, [element("strong", { text: cause }), " ", this.goTo(alliance.ended)]),
      element("p", { class: "viewer-note", text: factsOf(alliance) }),
      element("h4", { text: say("viewer.life") }),
      this.sentences(story.sentences),
      element("h4", { text: say("viewer.but_for") }),
      butForList(story.but_for, this.asks.onButFor && ((entry) => this.asks.onButFor(id, index, entry))),
      ...(figure ? [element("h4", { text: say("viewer.figure") }), figure] : []),
    ];
  }

  firmParts(id, history, story) {
    const rows = story.alliances.filter((index) => index < history.alliances).map((index) => {
      const told = [causeOf(history, index), say("viewer.row_life", { life: spanOf(history.lifeOf(index)) })].join(", ");
      return element("li", {}, [this.linkTo(id, history, index), ` · ${told}`]);
    });
    return [
      element("p", { class: "viewer-answer", test: "autopsy-answer", text: story.answer }),
      element("h4", { text: say("viewer.life") }),
      this.sentences(story.sentences),
      element("h4", { text: say("viewer.alliances_of") }),
      element("ul", { class: "viewer-alliances" }, rows),
    ];
  }

  tellingParts(id, history, story) {
    const rows = story.alliances.map(({ index, why }) => element("li", {}, [this.linkTo(id, history, index), ` · ${why}`]));
    return [
      element("p", { class: "viewer-answer", test: "autopsy-answer", text: story.answer }),
      element("ul", { class: "viewer-alliances" }, rows),
    ];
  }

  linkTo(id, history, index) {
    return button({ class: "viewer-link", text: history.nameOf(index) }, () => this.asks.onChoose(id, index));
  }

  sentences(sentences) {
    return element("ol", { class: "viewer-life" }, sentences.map(({ quarter, text }) => {
      return element("li", {}, quarter === null ? [text] : [this.dateOf(quarter), " ", text]);
    }));
  }

  dateOf(quarter) {
    return button({ class: "viewer-link viewer-date", text: whenOf(quarter) }, () => this.asks.onQuarter(quarter));
  }

  goTo(quarter) {
    if (quarter === null) {
      return "";
    }
    return button({ class: "viewer-link", text: say("viewer.go_there", { when: whenOf(quarter) }) }, () => this.asks.onQuarter(quarter));
  }
}

// Whom a story is about, as it calls them: "firm 9 (2)" is the second firm on that seat. undefined: about several alliances
function nameOf({ alliance, firm }) {
  return alliance ? `${alliance.first.name} – ${alliance.second.name}` : firm?.name;
}

function factsOf(alliance) {
  const kinds = [say(alliance.equity ? "viewer.equity" : "viewer.contract")];
  if (alliance.rival) {
    kinds.push(say("viewer.rivals"));
  }
  const partners = [alliance.first, alliance.second].map((firm) => `${firm.name}: ${wordsOf(firm.strategy)}`);
  if (alliance.ended !== null) {
    kinds.push(say("viewer.row_life", { life: spanOf(alliance.ended - alliance.born) }));
  }
  return [...partners, ...kinds].join(" · ");
}
