// The quarters of one alliance as a drawing: trust, sharing, fit, performance, chance to leave; what struck it above.

import { ALARM, BLUE, INK, MUTED, VERMILION } from "./colours.js";
import { drawing, element } from "./elements.js";
import { say } from "./texts.js";

const WIDE = 460;
const LEFT = 44;
const RIGHT = 12;
const LANE = 16; // of the marks of one kind
const PANEL = 66;
const SPACE = 26; // above each panel, for its name
const FOOT = 40;
const SIDES = [{ stroke: BLUE }, { stroke: VERMILION, "stroke-dasharray": "6 3" }];
const MARKS = {
  shock: { d: "M-6,0H6M0,-6V6M-4.3,-4.3L4.3,4.3M-4.3,4.3L4.3,-4.3", stroke: VERMILION, "stroke-width": 2 },
  breach: { d: "M0,-6L6,0L0,6L-6,0Z", fill: "#9A4C82" },
  talks: { d: "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0Z", fill: "#FFFFFF", stroke: BLUE, "stroke-width": 2 },
  intervention: { d: "M-5,-5H5V5H-5Z", fill: INK },
  regime: { d: "M0,-6L6,5H-6Z", fill: "#FFFFFF", stroke: INK, "stroke-width": 1.6 },
};

// story: an autopsy as the server sends it. Returns a figure element; without a trace nothing.
export function autopsyFigure(story) {
  const { trace, alliance, marks } = story;
  if (!trace || trace.quarter.length === 0) {
    return null;
  }
  const panels = panelsOf(trace);
  const kinds = Object.keys(MARKS).filter((kind) => marks.some((mark) => mark.kind === kind));
  const lanes = kinds.length * LANE;
  const height = lanes + panels.length * (PANEL + SPACE) + FOOT;
  const first = trace.quarter[0];
  const last = Math.max(first + 1, trace.quarter[trace.quarter.length - 1]);
  const across = (quarter) => LEFT + ((quarter - first) / (last - first)) * (WIDE - LEFT - RIGHT);
  const bottom = height - FOOT;
  const box = { viewBox: `0 0 ${WIDE} ${height}`, class: "viewer-autopsy-figure" };
  const svg = drawing("svg", { ...box, role: "img", "aria-label": say("viewer.figure_label") }, [
    ...timeAxis(first, last, across, lanes, bottom),
    ...marksOf(marks, kinds, across, first, last, bottom),
    ...endOf(alliance, across, first, last, bottom),
    ...panels.flatMap((panel, place) => panelOf(panel, trace.quarter, across, lanes + place * (PANEL + SPACE) + SPACE)),
  ]);
  return element("figure", { class: "viewer-figure" }, [sidesKey(alliance), svg, marksKey(kinds)]);
}

function panelsOf(trace) {
  return [
    { key: "trust", lines: trace.trust, low: 0, high: 1 },
    { key: "sharing", lines: trace.sharing, low: 0, high: Math.max(1, highest(trace.sharing)) },
    { key: "fit", lines: [trace.fit], low: 0, high: 1 },
    { key: "performance", lines: trace.performance, ...around(trace.performance) },
    { key: "chance", lines: trace.chance, low: 0, high: roundUp(highest(trace.chance)) },
  ].filter((panel) => panel.lines.some((line) => line.some((value) => value !== null)));
}

function panelOf({ key, lines, low, high }, quarters, across, top) {
  const down = (value) => top + PANEL - ((value - low) / (high - low)) * PANEL;
  const ticks = [low, (low + high) / 2, high];
  const many = lines.length > 1;
  return [
    drawing("text", { x: LEFT, y: top - 7, class: "viewer-svg-name", text: say(`viewer.panel_${key}`) }),
    ...ticks.flatMap((tick) => [
      drawing("line", { x1: LEFT, x2: WIDE - RIGHT, y1: down(tick), y2: down(tick), stroke: "#DDDDDD" }),
      drawing("text", { x: LEFT - 6, y: down(tick) + 4, "text-anchor": "end", class: "viewer-svg-tick", text: shortNumber(tick) }),
    ]),
    ...(low < 0 && high > 0 ? [drawing("line", { x1: LEFT, x2: WIDE - RIGHT, y1: down(0), y2: down(0), stroke: MUTED })] : []),
    ...lines.map((line, side) => {
      const look = many ? SIDES[side] : { stroke: INK };
      return drawing("path", { d: pathOf(line, quarters, across, down), fill: "none", "stroke-width": 2.2, "stroke-linejoin": "round", ...look });
    }),
  ];
}

function pathOf(line, quarters, across, down) {
  let path = "";
  let drawn = false;
  line.forEach((value, place) => {
    if (value !== null) {
      path += `${drawn ? "L" : "M"}${across(quarters[place]).toFixed(1)},${down(value).toFixed(1)}`;
      if (!drawn && line[place + 1] === undefined) {
        path += "h0.1"; // a single quarter is a dot, not nothing
      }
    }
    drawn = value !== null;
  });
  return path;
}

function timeAxis(first, last, across, top, bottom) {
  const steps = [1, 2, 4, 8, 20, 40, 80, 160];
  const step = steps.find((size) => (last - first) / size <= 7) ?? 400;
  const ticks = [];
  for (let quarter = Math.ceil(first / step) * step; quarter <= last; quarter += step) {
    ticks.push(
      drawing("line", { x1: across(quarter), x2: across(quarter), y1: top, y2: bottom + 5, stroke: "#EEEEEE" }),
      drawing("text", { x: across(quarter), y: bottom + 18, "text-anchor": "middle", class: "viewer-svg-tick", text: String(quarter / 4) }),
    );
  }
  const middle = (LEFT + WIDE - RIGHT) / 2;
  return [...ticks, drawing("text", { x: middle, y: bottom + 35, "text-anchor": "middle", class: "viewer-svg-tick", text: say("viewer.of_run") })];
}

function endOf(alliance, across, first, last, bottom) {
  if (alliance.ended === null || alliance.ended < first || alliance.ended > last) {
    return [];
  }
  const x = across(alliance.ended);
  return [drawing("line", { x1: x, x2: x, y1: 0, y2: bottom, stroke: ALARM, "stroke-width": 2 })];
}

// A lane for each kind, so that a shock and the talks after it don't hide each other.
function marksOf(marks, kinds, across, first, last, bottom) {
  return marks.filter((mark) => mark.quarter >= first && mark.quarter <= last && kinds.includes(mark.kind)).flatMap((mark) => {
    const x = across(mark.quarter);
    const y = LANE * (kinds.indexOf(mark.kind) + 0.5);
    return [
      drawing("line", { x1: x, x2: x, y1: y, y2: bottom, stroke: MUTED, "stroke-dasharray": "1 4", opacity: 0.8 }),
      drawing("g", { transform: `translate(${x.toFixed(1)},${y})` }, [
        drawing("path", { fill: "none", ...MARKS[mark.kind] }),
        drawing("title", { text: mark.text }),
      ]),
    ];
  });
}

function sidesKey(alliance) {
  return element("ul", { class: "viewer-key" }, [alliance.first, alliance.second].map((firm, side) => {
    const line = drawing("path", { d: "M1,6H31", fill: "none", "stroke-width": 2.6, ...SIDES[side] });
    return element("li", {}, [drawing("svg", { width: 32, height: 12, "aria-hidden": "true" }, [line]), element("span", { text: firm.name })]);
  }));
}

function marksKey(kinds) {
  return element("ul", { class: "viewer-key" }, kinds.map((kind) => {
    const mark = drawing("path", { fill: "none", transform: "translate(9,9)", ...MARKS[kind] });
    const picture = drawing("svg", { width: 18, height: 18, "aria-hidden": "true" }, [mark]);
    return element("li", {}, [picture, element("span", { text: say(`viewer.mark.${kind}`) })]);
  }));
}

function highest(lines) {
  return lines.flat().reduce((most, value) => (value === null ? most : Math.max(most, value)), 0);
}

function around(lines) {
  const known = lines.flat().filter((value) => value !== null);
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  return { low: low === 0 ? 0 : -roundUp(-low), high: high === 0 ? (low === 0 ? 1 : 0) : roundUp(high) };
}

function roundUp(value) {
  const size = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((part) => part * size).find((top) => top >= value * 0.999) ?? 10 * size;
}

function shortNumber(value) {
  return String(Number(value.toPrecision(2)));
}
