// What happened when: a band of four lanes per arm over one axis of years. Painted once per run; only a cursor moves.

import { INK, MUTED, VERMILION, armLook } from "./colours.js";
import { element, fitCanvas, typeScale } from "./elements.js";
import { BREACH, FAILED } from "./history.js";
import { traceShape } from "./marks.js";
import { say } from "./texts.js";
import { whenOf } from "./tips.js";

const GUTTER = 82; // room for names at the left and right; viewer.css has the same numbers in rem
const EDGE = 14;
const LANES = [
  { key: "shock", colour: VERMILION, height: 18 },
  { key: "found", colour: "#9A4C82", height: 14 },
  { key: "failed", colour: INK, height: 14 },
  { key: "ended", colour: "#5A5A5A", height: 18 },
];
const GAP = 3;
const HEAD = 19; // of a band, with the arm's name
const BAND = LANES.reduce((sum, lane) => sum + lane.height + GAP, 0);
const AXIS = 38; // all sizes in CSS pixels at the usual size of type; they grow with it
const FONT = "12px system-ui, sans-serif";

// onQuarter(quarter) is called when somebody clicks or drags.
export class Strip {
  constructor(onQuarter) {
    this.onQuarter = onQuarter;
    this.canvas = element("canvas", { class: "viewer-strip-canvas", role: "img", "aria-label": say("viewer.strip_label") });
    this.cursor = element("div", { class: "viewer-strip-cursor", "aria-hidden": "true" });
    this.tip = element("div", { class: "viewer-tip", "aria-hidden": "true", hidden: true });
    this.element = element("div", { class: "viewer-strip", test: "strip" }, [this.canvas, this.cursor, this.tip]);
    this.note = element("p", { class: "viewer-note" });
    this.arms = [];
    this.quarters = 1;
    this.size = null; // null: to be measured before the next picture
    this.listen();
  }

  // arms: [{name, history, position}] of those that have a history
  show(arms, quarters) {
    this.arms = arms;
    this.quarters = Math.max(1, quarters);
    this.counts = arms.map((arm) => countsOf(arm.history));
    this.tops = topsOf(this.counts);
    this.note.textContent = say("viewer.strip_note", this.tops);
    this.head = arms.length > 1 ? HEAD : 6;
    const height = arms.length * (this.head + BAND) + AXIS;
    if (height !== this.height) {
      this.height = height;
      this.size = null;
    }
    this.draw();
  }

  resize() {
    this.size = null;
    this.draw();
  }

  // Measuring makes the browser lay the page out, so it is done only after `size` was forgotten.
  fit() {
    if (!this.size) {
      this.type = typeScale();
      this.canvas.style.height = `${(this.height ?? 0) * this.type}px`;
      this.size = fitCanvas(this.canvas);
    }
    return this.size !== null;
  }

  draw() {
    if (!this.fit()) {
      return;
    }
    const { size, type, height } = this;
    this.width = size.width / type;
    const context = this.canvas.getContext("2d");
    context.setTransform(size.scale * type, 0, 0, size.scale * type, 0, 0);
    context.clearRect(0, 0, this.width, height);
    context.font = FONT;
    this.arms.forEach((arm, row) => this.drawBand(context, arm, row));
    this.drawAxis(context, height);
    this.setQuarter(this.quarter ?? 0);
  }

  setQuarter(quarter) {
    this.quarter = quarter;
    if (this.width) {
      this.cursor.style.transform = `translateX(${this.at(quarter + 0.5) * this.type}px)`;
    }
  }

  at(quarter) {
    return GUTTER + (quarter / this.quarters) * (this.width - GUTTER - EDGE);
  }

  drawBand(context, arm, row) {
    let top = row * (this.head + BAND);
    if (this.arms.length > 1) {
      this.drawName(context, arm, top);
    }
    top += this.head;
    context.fillStyle = "#E8E8E8";
    context.fillRect(this.at(0), top, this.at(arm.history.warmUp) - this.at(0), BAND - GAP);
    for (const lane of LANES) {
      this.drawLane(context, lane, this.counts[row][lane.key], top);
      top += lane.height + GAP;
    }
  }

  drawName(context, arm, top) {
    const { colour, shape } = armLook(arm.position);
    context.fillStyle = colour;
    context.beginPath();
    traceShape(context, shape, 7, top + 11, 5);
    context.fill();
    context.fillStyle = INK;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.font = `600 ${FONT}`;
    context.fillText(arm.name, 18, top + 11, this.width - 30);
    context.font = FONT;
  }

  drawLane(context, lane, counts, top) {
    const foot = top + lane.height;
    context.fillStyle = INK;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(say(`viewer.strip_${lane.key}`), GUTTER - 8, top + lane.height / 2 + 1);
    context.fillStyle = "#C9C9C9";
    context.fillRect(this.at(0), foot - 0.5, this.at(counts.length) - this.at(0), 1);
    context.fillStyle = lane.colour;
    const wide = Math.max(1.4, this.at(1) - this.at(0) - 0.8);
    for (let quarter = 0; quarter < counts.length; quarter += 1) {
      if (counts[quarter] > 0) {
        const high = Math.max(2.5, (counts[quarter] / this.tops[lane.key]) * lane.height);
        context.fillRect(this.at(quarter + 0.5) - wide / 2, foot - high, wide, high);
      }
    }
  }

  drawAxis(context, height) {
    const top = height - AXIS + 4;
    const years = this.quarters / 4;
    const room = (this.width - GUTTER - EDGE) / years;
    const step = [1, 2, 5, 10, 20, 50].find((size) => size * room >= 34) ?? 100;
    context.fillStyle = INK;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (let year = 0; year <= years; year += step) {
      context.fillRect(this.at(year * 4) - 0.5, top - 4, 1, 5);
      context.fillText(String(year), this.at(year * 4), top + 3);
    }
    context.fillStyle = MUTED;
    context.fillText(say("viewer.axis_run"), GUTTER + (this.width - GUTTER - EDGE) / 2, top + 19);
  }

  listen() {
    const go = (event) => this.onQuarter(this.under(event));
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      go(event);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) {
        go(event);
      }
      this.showTip(event);
    });
    this.canvas.addEventListener("pointerleave", () => {
      this.tip.hidden = true;
    });
  }

  under(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = ((event.clientX - box.left) / this.type - GUTTER) / (this.width - GUTTER - EDGE);
    return Math.max(0, Math.min(this.quarters - 1, Math.floor(share * this.quarters)));
  }

  showTip(event) {
    const box = this.canvas.getBoundingClientRect();
    const down = event.clientY - box.top;
    const row = Math.min(this.arms.length - 1, Math.floor(down / this.type / (this.head + BAND)));
    const quarter = this.under(event);
    this.tip.hidden = row < 0 || quarter >= this.arms[row].history.quarters;
    if (this.tip.hidden) {
      return;
    }
    const counts = this.counts[row];
    const lines = LANES.map(({ key }) => `${say(`viewer.strip_${key}`)} ${key === "shock" ? counts[key][quarter].toFixed(2) : counts[key][quarter]}`);
    this.tip.textContent = [whenOf(quarter), ...lines].join("\n");
    const left = Math.min(event.clientX - box.left + 14, box.width - this.tip.offsetWidth - 4);
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${down + 16}px`;
  }
}

function countsOf(history) {
  const found = new Float32Array(history.quarters);
  const failed = new Float32Array(history.quarters);
  const ended = new Float32Array(history.quarters);
  for (let row = 0; row < history.event_quarter.length; row += 1) {
    const lane = history.event_kind[row] === BREACH ? found : history.event_kind[row] === FAILED ? failed : null;
    if (lane !== null) {
      lane[history.event_quarter[row]] += 1;
    }
  }
  for (const index of history.endings) {
    ended[history.ended[index]] += 1;
  }
  return { shock: history.shock, found, failed, ended };
}

// The highest bar of each lane, over all arms, so that all are drawn to one scale.
function topsOf(counts) {
  const tops = {};
  for (const { key } of LANES) {
    tops[key] = counts.reduce((top, count) => count[key].reduce((most, value) => Math.max(most, value), top), 0);
  }
  tops.shock = Math.max(1, tops.shock);
  return tops;
}
