// The network of one arm: ties and firms on one canvas, painted once a quarter; what moves on another above it.

import { BLUE, INK, VERMILION, strategyLooks } from "./colours.js";
import { element, fitCanvas, typeScale, wantsStillness } from "./elements.js";
import { FAILED, HIT } from "./history.js";
import { labelFont, placeLabels } from "./labels.js";
import { Stamps, traceCross, traceRays } from "./marks.js";
import { drawTies, nearest, tieWidth } from "./ties.js";
import { allianceTip, firmTip } from "./tips.js";

const MOST_NUMBERED = 24; // firms that are called "firm 7"; more names would hide the ties
const MOST_NAMED = 60; // firms with names of their own

// onPick({index} | {seat} | null) is called when something, or nothing, is clicked.
export class Network {
  constructor(id, label, onPick) {
    this.id = id;
    this.onPick = onPick;
    this.base = element("canvas", { class: "viewer-canvas", "aria-hidden": "true" });
    this.top = element("canvas", { class: "viewer-canvas", test: "network", "data-arm": id, role: "img", "aria-label": label });
    this.tip = element("div", { class: "viewer-tip", "aria-hidden": "true", hidden: true });
    this.element = element("div", { class: "viewer-paper" }, [this.base, this.top, this.tip]);
    this.history = null;
    this.quarter = 0;
    this.hovered = null;
    this.selected = null;
    this.size = null; // null: to be measured before the next picture
    this.listen();
  }

  // places: {x [N], y [N]} in 0..1
  setHistory(history, places) {
    this.history = history;
    this.hovered = null;
    this.places = places;
    this.looks = history ? strategyLooks(history.strategies) : new Map();
    this.names = history ? namesToShow(history) : false;
    this.width = history ? tieWidth(mostLiving(history)) : 0;
    if (this.size) {
      this.place();
    }
  }

  // The page has changed: the canvases are measured anew before the next picture.
  resize() {
    this.size = null;
  }

  // The whole picture of a quarter.
  draw(quarter) {
    this.quarter = this.history ? Math.min(quarter, this.history.quarters - 1) : 0;
    if (!this.fit()) {
      return;
    }
    const context = this.base.getContext("2d");
    const { width, height, scale } = this.size;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    if (this.history) {
      drawTies(context, this.history, this.quarter, this.x, this.y, this.width);
      if (this.names) {
        this.drawNames(context);
      }
      this.drawFirms(context);
      this.drawFailed(context);
    }
    this.drawTop(0);
    this.showTip();
  }

  // What changes between quarters. share: of the quarter that has passed, 0..1; hits move with it.
  drawTop(share) {
    if (!this.size) {
      return;
    }
    const context = this.top.getContext("2d");
    const { width, height, scale } = this.size;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    if (this.history) {
      this.drawHits(context, wantsStillness() ? 0 : share);
      this.drawChosen(context, this.hovered, 2, INK);
      this.drawChosen(context, this.selected, 4, BLUE);
    }
  }

  // Whether anything on the upper canvas moves in this quarter.
  get moves() {
    return this.size !== null && this.hits > 0 && !wantsStillness();
  }

  // Middle of an alliance's tie, in pixels of the page; null before anything was drawn.
  placeOf(index) {
    if (!this.size || !this.history) {
      return null;
    }
    const box = this.top.getBoundingClientRect();
    const [a, b] = [this.history.first[index], this.history.second[index]];
    return { x: box.left + (this.x[a] + this.x[b]) / 2, y: box.top + (this.y[a] + this.y[b]) / 2 };
  }

  // Whether there is anything to draw on. Measuring makes the browser lay the page out, so it is not done for each picture.
  fit() {
    if (!this.size) {
      this.size = fitCanvas(this.base);
      fitCanvas(this.top);
      this.type = typeScale();
      if (this.size) {
        this.place();
      }
    }
    return this.size !== null;
  }

  place() {
    if (!this.history) {
      return;
    }
    const { width, height, scale } = this.size;
    const firms = this.history.firms;
    this.radius = Math.max(3.6, Math.min(14, (this.names ? 0.115 : 0.15) * Math.sqrt((width * height) / firms)));
    if (!this.stamps || this.stamps.radius !== this.radius || this.stamps.scale !== scale) {
      this.stamps = new Stamps(this.radius, scale);
    }
    const edge = this.radius * 2.6 + 4;
    const [side, rim] = this.names ? [edge + 22, edge + 8] : [edge, edge];
    this.x = new Float32Array(firms);
    this.y = new Float32Array(firms);
    for (let seat = 0; seat < firms; seat += 1) {
      this.x[seat] = side + this.places.x[seat] * (width - 2 * side);
      this.y[seat] = rim + this.places.y[seat] * (height - 2 * rim);
    }
    if (this.names) {
      this.labels = placeLabels(this.base.getContext("2d"), this.history.names, this.x, this.y, this.radius, this.size, this.type);
    }
  }

  drawFirms(context) {
    const { history, quarter, stamps, looks } = this;
    this.hits = 0;
    for (let seat = 0; seat < history.firms; seat += 1) {
      const marks = history.marksAt(quarter, seat);
      const stamp = stamps.of(looks.get(history.strategyAt(quarter, seat)), marks);
      context.drawImage(stamp, this.x[seat] - stamps.half, this.y[seat] - stamps.half, 2 * stamps.half, 2 * stamps.half);
      this.hits += marks & HIT ? 1 : 0;
    }
  }

  drawFailed(context) {
    const { history, quarter, radius } = this;
    context.beginPath();
    for (let row = history.eventStart[quarter]; row < history.eventStart[quarter + 1]; row += 1) {
      if (history.event_kind[row] === FAILED) {
        const seat = history.event_first[row];
        traceCross(context, this.x[seat], this.y[seat], radius * 1.5);
      }
    }
    context.lineCap = "round";
    for (const [colour, width] of [["#FFFFFF", 5.5], [INK, 2.6]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    }
  }

  drawNames(context) {
    context.font = labelFont(this.type);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = "#FFFFFF";
    context.fillStyle = INK;
    this.labels.forEach((at, seat) => {
      if (at !== null) {
        context.strokeText(this.history.names[seat], at.x, at.y);
        context.fillText(this.history.names[seat], at.x, at.y);
      }
    });
  }

  drawHits(context, share) {
    if (this.hits === 0) {
      return;
    }
    const { history, quarter, radius } = this;
    context.beginPath();
    for (let seat = 0; seat < history.firms; seat += 1) {
      if (history.marksAt(quarter, seat) & HIT) {
        const from = radius * (1.75 + 0.7 * share);
        traceRays(context, this.x[seat], this.y[seat], from, from + radius * 0.8);
      }
    }
    context.globalAlpha = 1 - 0.75 * share;
    context.lineCap = "round";
    context.lineWidth = Math.max(1.6, radius * 0.28);
    context.strokeStyle = VERMILION;
    context.stroke();
    context.globalAlpha = 1;
  }

  // A thing of interest: an alliance as a line beside which it cannot be missed, a firm as a ring.
  drawChosen(context, chosen, width, colour) {
    if (chosen === null) {
      return;
    }
    const { history, x, y, radius } = this;
    const index = chosen.index;
    const seats = index === undefined ? [chosen.seat] : [history.first[index], history.second[index]];
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    for (const seat of seats) {
      context.moveTo(x[seat] + radius * 2, y[seat]);
      context.arc(x[seat], y[seat], radius * 2, 0, 2 * Math.PI);
    }
    context.stroke();
    if (index !== undefined) {
      context.setLineDash(history.isDrawn(index, this.quarter) ? [] : [2, 6]);
      context.globalAlpha = 0.75;
      context.beginPath();
      context.moveTo(x[seats[0]], y[seats[0]]);
      context.lineTo(x[seats[1]], y[seats[1]]);
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 1;
    }
  }

  listen() {
    this.top.addEventListener("pointermove", (event) => this.hover(this.under(event)));
    this.top.addEventListener("pointerleave", () => this.hover(null));
    this.top.addEventListener("click", (event) => this.onPick(this.hovered ?? this.under(event))); // what is pointed out is picked
  }

  under(event) {
    if (!this.history || !this.size) {
      return null;
    }
    const box = this.top.getBoundingClientRect();
    this.pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
    const reach = event.pointerType === "touch" ? 18 : 9;
    return nearest(this.history, this.quarter, this.x, this.y, this.pointer, this.radius, reach);
  }

  hover(found) {
    this.hovered = found;
    this.top.classList.toggle("viewer-can-pick", found !== null);
    this.drawTop(0);
    this.showTip();
  }

  showTip() {
    const { hovered, history, quarter, tip } = this;
    const gone = hovered && hovered.index !== undefined && !history.isDrawn(hovered.index, quarter);
    tip.hidden = !hovered || gone;
    if (gone) {
      this.hovered = null;
    }
    if (tip.hidden) {
      return;
    }
    tip.textContent = hovered.index === undefined ? firmTip(history, quarter, hovered.seat) : allianceTip(history, quarter, hovered.index);
    const left = Math.min(this.pointer.x + 14, this.size.width - tip.offsetWidth - 4);
    const above = this.pointer.y + 18 + tip.offsetHeight > this.size.height;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${above ? Math.max(4, this.pointer.y - tip.offsetHeight - 10) : this.pointer.y + 18}px`;
  }
}

function namesToShow(history) {
  const own = history.names.some((name) => !/^(firm )?\d*$/i.test(name));
  return history.firms <= (own ? MOST_NAMED : MOST_NUMBERED);
}

function mostLiving(history) {
  const living = history.series("living");
  return living ? living.reduce((most, count) => Math.max(most, count), 0) : history.firms;
}
