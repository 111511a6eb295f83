// What is selected, and the panel that tells its story: opening it, closing it, and where the focus goes.

import { say } from "./texts.js";

// viewer: the Viewer     parts: {list, autopsy}, see viewer_parts.js     source: where stories come from
export class Opening {
  constructor(viewer, parts, source) {
    this.viewer = viewer;
    this.list = parts.list;
    this.autopsy = parts.autopsy;
    this.source = source;
    this.selection = null; // {id, index}
    this.list.telling.hidden = !source.telling;
    this.before = null; // what had the focus when the panel opened
  }

  // The autopsy of an alliance, living or ended; null closes it.
  select(id, index) {
    const before = document.activeElement;
    this.selection = index === null ? null : { id, index };
    this.mark(id, index === null ? null : { index });
    this.list.setChosen(id, index);
    if (index === null) {
      this.autopsy.close();
      return;
    }
    this.remember(before);
    const { history } = this.viewer.armOf(id);
    const ask = this.source.autopsy ? () => this.source.autopsy(id, index) : null;
    this.autopsy.openAlliance(id, index, history.nameOf(index), ask, this.sideAwayFrom(id, index));
  }

  // The story of a firm.
  openFirm(id, seat) {
    const before = document.activeElement;
    this.select(id, null);
    this.mark(id, { seat });
    this.remember(before);
    const { history } = this.viewer.armOf(id);
    const quarter = Math.min(this.viewer.quarter, history.quarters - 1);
    const ask = this.source.firm ? () => this.source.firm(id, seat, quarter) : null;
    this.autopsy.openFirm(id, history, history.names[seat], ask, this.sideAwayFrom(id, null));
  }

  // Which alliances of a run to look at first.
  openTelling(id) {
    const before = document.activeElement;
    this.select(id, null);
    this.remember(before);
    const { name, history } = this.viewer.armOf(id);
    this.autopsy.openTelling(id, history, say("viewer.telling_of", { name }), () => this.source.telling(id), this.sideAwayFrom(id, null));
  }

  // Gives the focus back to where it was. Returns whether anything was open.
  close() {
    if (!this.autopsy.isOpen) {
      return false;
    }
    const had = this.autopsy.element.contains(document.activeElement);
    this.viewer.select(this.selection?.id ?? null, null);
    if (had && this.fromList) {
      this.list.focus(); // rows are filled anew, so that the one that had the focus may show another alliance
    } else if (had) {
      this.before?.focus?.({ preventScroll: true });
    }
    return true;
  }

  mark(id, chosen) {
    for (const { network } of this.viewer.figures) {
      network.selected = network.id === id ? chosen : null;
      network.drawTop(0);
    }
  }

  remember(before) {
    if (!this.autopsy.element.contains(before)) {
      this.before = before;
      this.fromList = before?.getAttribute?.("role") === "option";
    }
  }

  // The panel opens where it hides what was clicked least.
  sideAwayFrom(id, index) {
    const box = this.viewer.root.getBoundingClientRect();
    const figure = this.viewer.figureOf(id);
    const place = index === null ? null : figure.network.placeOf(index);
    const own = figure.element.getBoundingClientRect();
    const x = place ? place.x : own.left + own.width / 2;
    return x > box.left + box.width / 2 ? "left" : "right";
  }
}
