// Projector mode: large type and the whole screen, for a class or a board.

import { button } from "./make.js";
import { say } from "./texts.js";

export class Projector {
  constructor() {
    this.element = button(say("lab.projector"), () => this.toggle(), {
      "aria-pressed": "false",
      "data-test": "projector",
      title: say("lab.projectorHint"),
    });
    document.addEventListener("fullscreenchange", () => {
      if (!document.fullscreenElement && this.wasFull) this.#set(false);
      this.wasFull = document.fullscreenElement !== null;
    });
  }

  get isOn() {
    return document.documentElement.classList.contains("is-projector");
  }

  async toggle() {
    const isOn = !this.isOn;
    this.#set(isOn);
    try {
      if (isOn) await document.documentElement.requestFullscreen();
      else if (document.fullscreenElement) await document.exitFullscreen();
    } catch {
      // Some browsers keep the whole screen to themselves; the large type is there all the same.
    }
  }

  #set(isOn) {
    document.documentElement.classList.toggle("is-projector", isOn);
    this.element.setAttribute("aria-pressed", String(isOn));
    window.dispatchEvent(new Event("resize"));
  }
}
