// What the charts share: axes, sizes, marks of the keys.

import { INK, MUTED } from "./colours.js";
import { element, typeScale } from "./elements.js";
import { say } from "./texts.js";

const YEARS = [1, 2, 5, 10, 20, 50]; // steps of a time axis
const NOTHING = { show: false };

// Options of a chart without legend and cursor. ranges: {x: () => [low, high], y: () => [low, high]}
export function chartOptions({ width, height, xLabel, yLabel, ranges, series, bands }) {
  return {
    width,
    height,
    padding: [10, 14, 0, 0],
    legend: NOTHING,
    cursor: NOTHING,
    select: NOTHING,
    scales: { x: { time: false, range: ranges.x }, y: { range: ranges.y } },
    axes: [{ ...axisOf(xLabel, 26), incrs: YEARS }, axisOf(yLabel, 40)],
    series: [{}, ...series],
    bands,
  };
}

// How opaque the band of an arm is: paler while it is that of the settings before.
export function dimming(arm) {
  return arm.stale ? 0.45 : 1;
}

// A line of a chart, or with no width the edge of a band.
export function lineOf(colour, width, more = {}) {
  return { stroke: colour, width, points: NOTHING, spanGaps: false, ...more };
}

// The line that shows the quarter on a chart.
export function addCursor(plot) {
  const cursor = element("div", { class: "viewer-chart-cursor", "aria-hidden": "true" });
  plot.over.append(cursor);
  return (value) => {
    cursor.style.transform = `translateX(${plot.valToPos(value, "x")}px)`;
  };
}

// A list that explains lines and bands: [{kind: "line" | "thin" | "fan" | "band", text}]
export function chartKey(entries) {
  return element("ul", { class: "viewer-key" }, entries.map(({ kind, text }) => {
    const mark = element("span", { class: `viewer-key-mark viewer-key-${kind}`, "aria-hidden": "true" });
    return element("li", {}, [mark, element("span", { text: say(text) })]);
  }));
}

function axisOf(label, size) {
  const type = typeScale();
  const font = `${12 * type}px system-ui, sans-serif`;
  return {
    label,
    labelFont: font,
    labelSize: 20 * type,
    labelGap: 0,
    font,
    size: size * type,
    stroke: INK,
    space: 36 * type,
    gap: 4,
    grid: { stroke: "#E4E4E4", width: 1 },
    ticks: { stroke: MUTED, width: 1, size: 5 },
    border: { show: true, stroke: MUTED, width: 1 },
  };
}
