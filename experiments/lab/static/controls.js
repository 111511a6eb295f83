// The settings of the arm in hand: featured ones first, the others in groups, a search over all, and what was changed.

import { activeArm, changedIn } from "./documents.js";
import { button, make, show } from "./make.js";
import { withUnit } from "./numbers.js";
import { Setting } from "./setting.js";
import { say } from "./texts.js";
import { describe } from "./interventions.js";

export class Controls {
  // sliders: of /api/start; valuesOf(id) -> {path: value} of the arm's last answer, or null
  constructor(sliders, state, valuesOf) {
    this.sliders = new Map(sliders.map((slider) => [slider.path, slider]));
    this.state = state;
    this.valuesOf = valuesOf;
    this.settings = sliders.map((slider) => new Setting(slider, this.#moves()));
    this.title = make("h2", { class: "panel-title" });
    this.search = make("input", {
      type: "search",
      id: "setting-search",
      placeholder: say("lab.searchSettings"),
      "aria-label": say("lab.searchSettings"),
      "data-test": "search",
      oninput: () => this.#filter(),
    });
    this.nothing = make("p", { class: "hint", text: say("lab.nothingFound"), hidden: true, role: "status" });
    this.changed = make("ul", { class: "changes", "data-test": "changes", "aria-label": say("lab.changesList") });
    this.pinned = make("p", { class: "hint", text: say("lab.pinnedHint"), hidden: true });
    this.groups = this.#groups();
    const body = [this.title, this.pinned, this.changed, this.search, this.nothing, ...this.groups];
    this.element = make("section", { class: "controls", "aria-label": say("lab.settings"), "data-test": "controls" }, body);
    this.only = null;
  }

  // paths: the settings that a chapter leaves open; null opens all.
  open(paths) {
    this.only = paths;
    show(this.search, paths === null);
    this.search.value = "";
    this.#filter();
  }

  update(document) {
    const arm = activeArm(document);
    const values = this.valuesOf(arm.id) ?? {};
    this.title.textContent = say("lab.settingsOf", { name: arm.name });
    show(this.pinned, arm.pinned);
    const changed = new Set(changedIn(arm).map(([path]) => path));
    for (const setting of this.settings) {
      const { path } = setting.slider;
      setting.show(arm.changes[path] ?? values[path], changed.has(path), arm.pinned);
    }
    this.#listChanges(arm);
  }

  #moves() {
    return {
      onMove: (path, value) => this.state.setSetting(path, value),
      onHold: (isHeld) => this.state.hold(isHeld),
      onReset: (path) => this.state.resetSetting(path),
    };
  }

  #groups() {
    const named = new Map();
    for (const setting of this.settings) {
      const { group, featured } = setting.slider;
      const title = featured ? say("lab.featured") : group;
      named.set(title, [...(named.get(title) ?? []), setting]);
    }
    const featured = say("lab.featured");
    const titles = [...named.keys()].sort((a, b) => Number(b === featured) - Number(a === featured));
    return titles.map((title) => {
      const settings = named.get(title);
      const group = make("details", { class: "setting-group", open: title === featured }, [
        make("summary", { text: title }),
        ...settings.map((setting) => setting.element),
      ]);
      group.settings = settings;
      return group;
    });
  }

  #filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of this.groups) {
      let inGroup = 0;
      for (const setting of group.settings) {
        const isOpen = this.only === null || this.only.includes(setting.slider.path);
        const isFound = isOpen && setting.matches(words);
        show(setting.element, isFound);
        inGroup += Number(isFound);
      }
      show(group, inGroup > 0);
      const isFirst = group === this.groups[0];
      if (words.length || this.only) group.open = inGroup > 0;
      else if (this.wasFiltered) group.open = isFirst;
      found += inGroup;
    }
    this.wasFiltered = words.length > 0 || this.only !== null;
    show(this.nothing, found === 0);
  }

  #listChanges(arm) {
    const text = JSON.stringify([arm.id, arm.changes, arm.interventions, arm.network, arm.pinned]);
    if (text === this.listed) return;
    this.listed = text;
    const settings = changedIn(arm).map(([path, value]) => {
      const slider = this.sliders.get(path) ?? { label: path, unit: "" };
      const shown = say("lab.changedTo", { label: slider.label, value: withUnit(value, slider.unit) });
      return this.#change(shown, arm.pinned, () => this.state.resetSetting(path));
    });
    const done = arm.interventions.map((intervention, place) =>
      this.#change(describe(intervention), arm.pinned, () => this.state.removeIntervention(place), "intervention"),
    );
    const own = arm.network ? [this.#change(say("lab.networkOf", arm.network), arm.pinned, () => this.state.setNetwork(null), "network-chip")] : [];
    const all = [...own, ...done, ...settings];
    const reset = button(say("lab.resetAll"), () => this.state.resetAll(), { class: "quiet", "data-test": "reset-all" });
    this.changed.replaceChildren(...all, ...(all.length > 1 && !arm.pinned ? [make("li", { class: "all" }, [reset])] : []));
    show(this.changed, all.length > 0);
  }

  #change(text, isPinned, onRemove, hook = "change") {
    const remove = button("×", onRemove, { class: "remove", "aria-label": say("lab.takeBack", { what: text }) });
    return make("li", { "data-test": hook }, [make("span", { text }), isPinned ? null : remove]);
  }
}
