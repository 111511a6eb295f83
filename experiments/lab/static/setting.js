// One setting: its slider (or switch, or choice), its value with unit, and what it means, a key press away.

import { button, make, rounded, show } from "./make.js";
import { withUnit } from "./numbers.js";
import { say } from "./texts.js";

export class Setting {
  // onMove(path, value) at every move, onHold(isHeld) while a slider is dragged, onReset(path)
  constructor(slider, { onMove, onHold, onReset }) {
    this.slider = slider;
    this.onMove = (value) => onMove(slider.path, value);
    this.onHold = onHold;
    this.id = `setting-${slider.path.replaceAll(".", "-")}`;
    this.value = undefined;
    const inputs = this.#inputs();
    const isSaidTwice = ["choice", "switch"].includes(slider.kind);
    const look = isSaidTwice ? "visually-hidden" : "setting-value";
    this.output = make("output", { for: this.id, class: look, "data-test": "slider-value" });
    this.reset = button(say("lab.reset"), () => onReset(slider.path), {
      class: "quiet",
      "aria-label": say("lab.resetSetting", { label: slider.label }),
      "data-test": "reset",
      hidden: true,
    });
    this.element = make("div", { class: "setting", "data-path": slider.path, "data-kind": slider.kind }, [
      make("div", { class: "setting-head" }, [
        make("label", { for: this.id, text: slider.label }),
        this.output,
      ]),
      make("div", { class: "setting-line" }, [...inputs, this.reset, this.#aboutButton()]),
      this.about,
    ]);
  }

  matches(words) {
    const { label, path, meaning, group } = this.slider;
    const text = `${label} ${path} ${path.replaceAll("_", " ")} ${meaning} ${group}`.toLowerCase();
    return words.every((word) => text.includes(word));
  }

  show(value, isChanged, isDisabled) {
    const look = `${isChanged} ${isDisabled}`;
    if (look !== this.look) this.#mark(isChanged, isDisabled);
    this.look = look;
    if (value === this.value) return;
    this.value = value;
    this.#write(value);
  }

  #mark(isChanged, isDisabled) {
    this.element.classList.toggle("is-changed", isChanged);
    show(this.reset, isChanged && !isDisabled);
    for (const input of [this.input, this.box]) if (input) input.disabled = isDisabled;
  }

  #write(value) {
    this.output.textContent = withUnit(value, this.slider.unit);
    if (this.slider.kind === "switch") this.input.checked = value === true;
    else if (value !== undefined) this.input.value = String(value);
    if (!this.box) return;
    this.input.setAttribute("aria-valuetext", this.output.textContent);
    if (document.activeElement !== this.box) this.box.value = value === undefined ? "" : String(rounded(value, 6));
  }

  #moved(value) {
    this.value = value;
    this.#write(value);
    this.onMove(value);
  }

  #inputs() {
    const { kind, path, choices } = this.slider;
    const common = { id: this.id, "data-test": "slider", "data-path": path, "aria-describedby": `${this.id}-about` };
    if (kind === "switch") {
      const onchange = () => this.#moved(this.input.checked);
      this.input = make("input", { ...common, type: "checkbox", role: "switch", onchange });
      return [this.input];
    }
    if (kind === "choice") {
      const options = choices.map((choice) => make("option", { value: choice, text: choice.replaceAll("_", " ") }));
      this.input = make("select", { ...common, onchange: () => this.#moved(this.input.value) }, options);
      return [this.input];
    }
    return this.#numberInputs(common);
  }

  #numberInputs(common) {
    const { low, high, step, least, most, kind, label, unit } = this.slider;
    this.input = make("input", {
      ...common,
      type: "range",
      min: low,
      max: high,
      step,
      oninput: () => this.#moved(Number(this.input.value)),
      onpointerdown: () => this.onHold(true),
      onpointerup: () => this.onHold(false),
      onpointercancel: () => this.onHold(false),
    });
    this.box = make("input", {
      type: "number",
      class: "setting-box",
      min: least ?? low,
      max: most ?? high,
      step: kind === "integer" ? 1 : "any",
      "aria-label": say("lab.boxOf", { label, unit }),
      "data-test": "slider-box",
      onchange: () => this.#typed(),
    });
    return [this.input, this.box];
  }

  #typed() {
    const { least, most, low, high, kind } = this.slider;
    const typed = this.box.value === "" ? NaN : Number(this.box.value);
    if (Number.isNaN(typed)) {
      this.box.value = String(this.value);
      return;
    }
    const value = Math.min(most ?? high, Math.max(least ?? low, kind === "integer" ? Math.round(typed) : typed));
    this.box.value = String(value);
    this.#moved(value);
  }

  #aboutButton() {
    const { meaning, unit, source, label, least, most, low, high, kind } = this.slider;
    const lines = [meaning.charAt(0).toUpperCase() + meaning.slice(1)];
    if (this.box) lines.push(say("lab.bounds", { least: least ?? low, most: most ?? high, unit: unit || say("lab.noUnit") }));
    lines.push(source ? say("lab.source", { source }) : say("lab.noSource"));
    if (kind === "switch") lines.push(say("lab.switch"));
    const id = `${this.id}-about`;
    this.about = make("p", { id, class: "setting-about", text: lines.join(" · "), hidden: true });
    const opener = button("?", () => this.#open(opener), {
      class: "setting-ask",
      "aria-expanded": "false",
      "aria-controls": id,
      "aria-label": say("lab.about", { label }),
      title: meaning,
      "data-test": "about",
    });
    return opener;
  }

  #open(opener) {
    const isOpen = opener.getAttribute("aria-expanded") === "true";
    opener.setAttribute("aria-expanded", String(!isOpen));
    show(this.about, !isOpen);
  }
}
