// One arm among the small multiples: its name, its network, and a line about the quarter.

import { element } from "./elements.js";
import { Network } from "./network.js";
import { say } from "./texts.js";
import { quarterLine } from "./tips.js";
import { swatch } from "./swatch.js";

export class ArmFigure {
  constructor(arm, position, onPick) {
    this.network = new Network(arm.id, say("viewer.network", { name: arm.name }), onPick);
    this.line = element("p", { class: "viewer-line" });
    this.waiting = element("p", { class: "viewer-waiting", text: say("viewer.waiting") });
    const head = element("h3", { class: "viewer-arm-name" }, [swatch(position), element("span", { text: arm.name })]);
    this.network.element.append(this.waiting);
    this.element = element("section", { class: "viewer-arm", "aria-label": arm.name }, [head, this.network.element, this.line]);
  }

  setHistory(history, places) {
    this.waiting.hidden = history !== null;
    this.network.setHistory(history, places);
  }

  draw(quarter) {
    this.network.draw(quarter);
    this.line.textContent = this.network.history ? quarterLine(this.network.history, quarter) : "";
  }
}
