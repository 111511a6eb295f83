// Play, pause, step, scrub, speed. It only asks; what is shown comes back through `show`.

import { button, element } from "./elements.js";
import { say } from "./texts.js";
import { whenOf } from "./tips.js";

const SPEEDS = [1, 2, 4, 8, 16]; // quarters a second

// asks: {onToggle(), onQuarter(quarter), onStep(quarters), onSpeed(quarters a second)}
export class Player {
  constructor(asks) {
    this.toggle = button({ class: "viewer-play", test: "play", "aria-pressed": "false", "aria-label": say("viewer.play_or_pause") }, asks.onToggle);
    this.icon = element("span", { class: "viewer-icon", "aria-hidden": "true" });
    this.word = element("span");
    this.toggle.append(this.icon, this.word);
    const range = { type: "range", min: 0, max: 0, value: 0, step: 1 };
    this.scrub = element("input", { ...range, class: "viewer-scrub", test: "scrub", "aria-label": say("viewer.scrub") });
    this.scrub.addEventListener("input", () => asks.onQuarter(Number(this.scrub.value)));
    this.output = element("output", { class: "viewer-quarter", test: "quarter" });
    this.speed = element("select", { class: "viewer-speed", test: "speed", "aria-label": say("viewer.speed") },
      SPEEDS.map((speed) => element("option", { value: speed, text: say(`viewer.speed_${speed}`) })));
    this.speed.addEventListener("change", () => asks.onSpeed(Number(this.speed.value)));
    const buttons = element("div", { class: "viewer-buttons" }, [
      button({ class: "viewer-step", text: "◀", "aria-label": say("viewer.back"), test: "back" }, () => asks.onStep(-1)),
      this.toggle,
      button({ class: "viewer-step", text: "▶", "aria-label": say("viewer.forward"), test: "forward" }, () => asks.onStep(1)),
      this.output,
      this.speed,
    ]);
    this.element = element("div", { class: "viewer-player", role: "group", "aria-label": say("viewer.player") }, [buttons]);
    this.playing = null;
  }

  show({ quarter, quarters, isPlaying, speed }) {
    if (isPlaying !== this.playing) {
      this.playing = isPlaying;
      this.toggle.setAttribute("aria-pressed", String(isPlaying));
      this.icon.textContent = isPlaying ? "❚❚" : "►";
      this.word.textContent = say(isPlaying ? "viewer.pause" : "viewer.play");
    }
    this.scrub.max = String(Math.max(0, quarters - 1));
    this.scrub.value = String(quarter);
    const when = quarters > 0 ? whenOf(quarter) : "";
    if (this.output.dataset.quarter !== String(quarter) || this.output.textContent === "") {
      this.output.textContent = when;
      this.output.dataset.quarter = String(quarter);
      this.scrub.setAttribute("aria-valuetext", when);
    }
    if (this.speed.value !== String(speed)) {
      this.speed.value = String(speed);
    }
  }
}
