// How to read the picture of the network: strategies that occur, what marks and lines mean.

import { ALARM, CASING, INK, VERMILION, cividis, strategyLooks } from "./colours.js";
import { element } from "./elements.js";
import { DISTRESS, FAILED, HIT, MANAGERS } from "./history.js";
import { drawFirm, traceCross, traceRays } from "./marks.js";
import { say } from "./texts.js";
import { wordsOf } from "./tips.js";

const WIDE = 26;
const HIGH = 22;
const ROOMY = 600; // CSS pixels: on a phone the picture comes first, and the legend when it is asked for
const PLAIN = { shape: "circle", colour: "#FFFFFF" };

// Only what occurs is explained; rebuilt only when something else does.
export class Legend {
  constructor() {
    this.list = element("ul", { class: "viewer-legend-list" });
    this.element = element("details", { class: "viewer-legend", open: window.innerWidth >= ROOMY }, [
      element("summary", { text: say("viewer.legend") }),
      this.list,
    ]);
    this.shown = null;
  }

  show(histories) {
    const names = strategiesIn(histories);
    const seen = whatOccurs(histories);
    const key = JSON.stringify([names, seen]);
    if (key === this.shown) {
      return;
    }
    this.shown = key;
    const looks = strategyLooks(histories.flatMap((history) => history.strategies));
    this.list.replaceChildren(
      ...names.map((name) => item(wordsOf(name), (context) => drawFirm(context, looks.get(name), 0, 13, 11, 6.5))),
      ...MARKS.filter(({ key: mark }) => seen[mark]).map(({ key: mark, draw }) => item(say(`viewer.legend_${mark}`), draw)),
      trustScale(),
      ...LINES.filter(({ key: line }) => seen[line]).map(({ key: line, draw }) => item(say(`viewer.legend_${line}`), draw)),
    );
  }
}

// Which marks any firm or alliance of any arm ever carries.
function whatOccurs(histories) {
  const bits = histories.reduce((all, history) => history.marks.reduce((sum, marks) => sum | marks, all), 0);
  return {
    managers: (bits & MANAGERS) !== 0,
    distress: (bits & DISTRESS) !== 0,
    hit: (bits & HIT) !== 0,
    failed: histories.some((history) => history.event_kind.includes(FAILED)),
    rival: histories.some((history) => history.rival.includes(1)),
    equity: histories.some((history) => history.equity.includes(1)),
    break: histories.some((history) => history.endings.length > 0),
  };
}

// Names of the strategies that any firm of any arm ever follows, in the order of the table.
function strategiesIn(histories) {
  const present = new Set();
  for (const history of histories) {
    const seen = new Uint8Array(256);
    for (const row of history.strategy) {
      seen[row] = 1;
    }
    history.strategies.forEach((name, row) => seen[row] && present.add(name));
  }
  return [...present];
}

function item(text, draw) {
  const canvas = element("canvas", { class: "viewer-legend-mark", "aria-hidden": "true", width: 2 * WIDE, height: 2 * HIGH });
  const context = canvas.getContext("2d");
  context.scale(2, 2);
  draw(context);
  return element("li", {}, [canvas, element("span", { text })]);
}

function trustScale() {
  const canvas = element("canvas", { class: "viewer-legend-scale", "aria-hidden": "true", width: 16, height: 1 });
  const context = canvas.getContext("2d");
  for (let step = 0; step < 16; step += 1) {
    context.fillStyle = cividis((step + 0.5) / 16);
    context.fillRect(step, 0, 1, 1);
  }
  const ends = ["viewer.legend_none", "viewer.legend_full"].map((key) => element("span", { text: say(key) }));
  return element("li", {}, [element("span", { text: say("viewer.legend_trust") }), ends[0], canvas, ends[1]]);
}

function drawHit(context) {
  drawFirm(context, PLAIN, 0, 13, 11, 3.5);
  stroke(context, VERMILION, 1.8, () => traceRays(context, 13, 11, 6, 9.5));
}

function drawFailure(context) {
  drawFirm(context, PLAIN, 0, 13, 11, 6);
  stroke(context, INK, 2.4, () => traceCross(context, 13, 11, 7.5));
}

function drawLine(context, dash, gap) {
  context.setLineDash(dash);
  stroke(context, CASING, 5.6, () => traceLine(context));
  stroke(context, cividis(0.75), 4.2, () => traceLine(context));
  if (gap) {
    stroke(context, "#FFFFFF", gap, () => traceLine(context));
  }
}

function drawBreak(context) {
  stroke(context, ALARM, 2, () => traceLine(context));
  stroke(context, "#FFFFFF", 5, () => traceCross(context, 13, 11, 5));
  stroke(context, ALARM, 2.6, () => traceCross(context, 13, 11, 5));
}

function traceLine(context) {
  context.moveTo(1, 11);
  context.lineTo(25, 11);
}

function stroke(context, colour, width, trace) {
  context.beginPath();
  trace();
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

const PALE = { shape: "circle", colour: "#56B4E9" };
const MARKS = [
  { key: "managers", draw: (context) => drawFirm(context, PLAIN, MANAGERS, 13, 11, 5.5) },
  { key: "distress", draw: (context) => drawFirm(context, PALE, DISTRESS, 13, 11, 6.5) },
  { key: "hit", draw: drawHit },
  { key: "failed", draw: drawFailure },
];
const LINES = [
  { key: "rival", draw: (context) => drawLine(context, [6, 4], 0) },
  { key: "equity", draw: (context) => drawLine(context, [], 1.5) },
  { key: "break", draw: drawBreak },
];
