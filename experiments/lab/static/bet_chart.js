// One dot for each world, the mean with its interval, and everyone's bets below the line.

import { drawing, rounded } from "./make.js";
import { say } from "./texts.js";

const WIDE = 440;
const EDGE = 26;
const BINS = 40;
const MOST_NAMES = 12;
const LABEL_WIDE = 7.2; // of a letter
const ROW_HIGH = 17;

function scaleOf(low, high) {
  return (value) => EDGE + ((WIDE - 2 * EDGE) * (value - low)) / (high - low);
}

function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) found.push(rounded(value));
  return found;
}

function stacks(values, low, high) {
  // [{value: middle of the bin, count}], the values rounded down into bins.
  const counts = new Array(BINS).fill(0);
  for (const value of values) counts[Math.min(BINS - 1, Math.floor(((value - low) / (high - low)) * BINS))] += 1;
  return counts.map((count, bin) => ({ value: low + ((bin + 0.5) * (high - low)) / BINS, count }));
}

function dots(values, low, high, x, bottom, height) {
  const columns = stacks(values, low, high);
  const most = Math.max(...columns.map((column) => column.count));
  const radius = Math.max(1, Math.min(4, height / (2 * most), (WIDE - 2 * EDGE) / BINS / 2));
  const made = columns.flatMap(({ value, count }) =>
    Array.from({ length: count }, (_, place) =>
      drawing("circle", { cx: x(value), cy: bottom - radius * (2 * place + 1), r: radius * 0.92, class: "chart-world" }),
    ),
  );
  return { made, top: bottom - 2 * radius * most };
}

function bars(count, x, bottom) {
  // A count of 100 worlds: as many bars are filled.
  const wide = (x(100) - x(0)) / 100;
  const made = Array.from({ length: 100 }, (_, place) => {
    const look = place < count ? "chart-world" : "chart-world is-empty";
    return drawing("rect", { x: x(place) + wide * 0.12, y: bottom - 34, width: wide * 0.76, height: 30, class: look });
  });
  return { made, top: bottom - 40 };
}

function labelled(bets, x) {
  // Bets as marks below the axis, their names on as many rows as it takes for none to cover another.
  const rows = [];
  const sorted = [...bets].sort((a, b) => a.bet - b.bet);
  return sorted.map(({ name, bet }) => {
    const shown = name.length > 14 ? `${name.slice(0, 13)}…` : name;
    const half = (shown.length * LABEL_WIDE) / 2;
    const middle = Math.min(WIDE - half, Math.max(half, x(bet)));
    let row = rows.findIndex((end) => end < middle - half);
    if (row < 0) row = rows.push(0) - 1;
    rows[row] = middle + half + 6;
    return { shown, at: x(bet), middle, row };
  });
}

function manyBets(bets, low, high, x, axis) {
  // More bets than names have room for: as many marks, stacked downwards as the worlds are upwards.
  const columns = stacks(bets.map((one) => one.bet), low, high);
  const step = Math.min(8, 90 / Math.max(...columns.map((column) => column.count)));
  const marks = columns.flatMap(({ value, count }) =>
    Array.from({ length: count }, (_, place) => {
      const top = axis + 32 + place * step;
      return drawing("path", { d: `M${x(value)} ${top}l4 ${step * 0.9}h-8Z`, class: "chart-bet" });
    }),
  );
  return { marks, rows: Math.max(0, ...columns.map((column) => column.count)) * (step / ROW_HIGH) };
}

function betMarks(bets, x, axis) {
  const marks = bets.map(({ bet }) => {
    const at = x(bet);
    return drawing("path", { d: `M${at} ${axis + 2}l5 10h-10Z`, class: "chart-bet" });
  });
  const names = labelled(bets, x);
  const texts = names.map(({ shown, middle, row }) =>
    drawing("text", { x: middle, y: axis + 42 + row * ROW_HIGH, class: "chart-name", text: shown }),
  );
  return { marks: [...marks, ...texts], rows: Math.max(0, ...names.map((one) => one.row + 1)) };
}

function meanMarks(truth, x, top, bottom, value) {
  const key = truth.values ? "lab.chartMean" : "lab.chartCount";
  const at = x(truth.middle);
  const y = top - 8;
  const text = say(key, { value });
  return [
    drawing("line", { x1: at, x2: at, y1: y, y2: bottom, class: "chart-mean" }),
    drawing("line", { x1: x(truth.low), x2: x(truth.high), y1: y, y2: y, class: "chart-interval" }),
    drawing("text", { x: Math.min(WIDE - 70, Math.max(70, at)), y: y - 7, class: "chart-value", text }),
  ];
}

// truth: of truth.js; bet: of the lesson; bets: [{name, bet}]. Text for those who cannot see it comes with it.
// value: the middle as text
export function betChart(truth, bet, bets, value) {
  const all = [...(truth.values ?? []), truth.low, truth.high, ...bets.map((one) => one.bet), bet.low, bet.high];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const x = scaleOf(low, high);
  const axis = truth.values ? 190 : 80;
  const cloud = truth.values ? dots(truth.values, low, high, x, axis, axis - 48) : bars(Math.round(truth.middle), x, axis);
  const { marks, rows } = bets.length > MOST_NAMES ? manyBets(bets, low, high, x, axis) : betMarks(bets, x, axis);
  const tick = (value) =>
    drawing("text", { x: x(value), y: axis + 25, class: "chart-tick", text: value.toLocaleString("en-GB") });
  const labels = ticks(low, high).map(tick);
  const tall = axis + 40 + rows * ROW_HIGH + 18;
  const line = drawing("line", { x1: EDGE, x2: WIDE - EDGE, y1: axis, y2: axis, class: "chart-axis" });
  const unit = drawing("text", { x: WIDE / 2, y: tall - 4, class: "chart-unit", text: bet.unit });
  const label = say("lab.chartLabel", { worlds: truth.worlds, value, unit: bet.unit, bets: bets.length });
  const attributes = { viewBox: `0 0 ${WIDE} ${tall}`, class: "bet-chart", role: "img", "aria-label": label, "data-test": "bet-chart" };
  return drawing("svg", attributes, [...cloud.made, line, ...labels, ...marks, ...meanMarks(truth, x, cloud.top, axis, value), unit]);
}
