// The alliances of one quarter as lines: colour by trust over a dark casing, dashed between rivals, double for equity,
// broken with a red cross in the last quarter.

import { ALARM, CASING, cividis } from "./colours.js";
import { traceCross } from "./marks.js";

const RIVAL = 16;
const EQUITY = 32;
const BREAKING = 64;
const COLOURS = Array.from({ length: 16 }, (_, step) => cividis((step + 0.5) / 16));
const SOLID = [];
const EDGES = 1.3; // both edges of the casing together [CSS pixels]

// How thick ties are where at most so many of them live at once [CSS pixels].
export function tieWidth(most) {
  return Math.min(4.5, Math.max(1.8, 8.4 / Math.max(1, most) ** 0.27));
}

// All ties of a quarter. x, y [N] CSS pixels     width: of a line, see tieWidth
export function drawTies(context, history, quarter, x, y, width) {
  const { start, look } = history.ties;
  const [from, to] = [start[quarter], start[quarter + 1]];
  context.lineCap = "butt";
  const dash = [width * 3, width * 1.8];
  const each = (draw) => {
    for (let row = from; row < to; ) {
      let next = row + 1;
      while (next < to && look[next] === look[row]) {
        next += 1;
      }
      draw(look[row], row, next);
      row = next;
    }
  };
  const stroke = (kind, row, next, colour, thick) => {
    context.setLineDash(kind & RIVAL ? dash : SOLID);
    context.strokeStyle = colour;
    context.lineWidth = thick;
    strokeTies(context, history, row, next, x, y);
  };
  const wide = (kind) => width * (kind & EQUITY ? 1.6 : 1);
  each((kind, row, next) => stroke(kind, row, next, kind & BREAKING ? "#FFFFFF" : CASING, wide(kind) + EDGES));
  each((kind, row, next) => {
    const breaks = (kind & BREAKING) !== 0;
    stroke(kind, row, next, breaks ? ALARM : COLOURS[kind & 15], breaks ? Math.max(1.6, width * 0.7) : wide(kind));
  });
  each((kind, row, next) => {
    if ((kind & EQUITY) !== 0 && (kind & BREAKING) === 0) {
      stroke(kind, row, next, "#FFFFFF", Math.max(0.8, width * 0.42));
    }
  });
  context.setLineDash(SOLID);
  drawBreaks(context, history, quarter, x, y, Math.max(5, width * 2.2));
}

// Each on its own: one path of many lines that cross takes the browser longer to fill.
function strokeTies(context, history, row, next, x, y) {
  const { first, second, ties } = history;
  for (let place = row; place < next; place += 1) {
    const index = ties.alliance[place];
    context.beginPath();
    context.moveTo(x[first[index]], y[first[index]]);
    context.lineTo(x[second[index]], y[second[index]]);
    context.stroke();
  }
}

function drawBreaks(context, history, quarter, x, y, size) {
  const { first, second, ties } = history;
  context.beginPath();
  for (let row = ties.start[quarter + 1] - 1; row >= ties.start[quarter] && ties.look[row] >= BREAKING; row -= 1) {
    const index = ties.alliance[row];
    const [a, b] = [first[index], second[index]];
    traceCross(context, (x[a] + x[b]) / 2, (y[a] + y[b]) / 2, size);
  }
  context.lineCap = "round";
  for (const [colour, width] of [["#FFFFFF", 6.5], [ALARM, 3.2]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

// Nearest thing to a point: {seat} of a firm, {index} of an alliance, or null. reach [CSS pixels]
export function nearest(history, quarter, x, y, at, radius, reach) {
  let best = null;
  let least = radius * 1.2 + reach / 4;
  for (let seat = 0; seat < history.firms; seat += 1) {
    const apart = Math.hypot(x[seat] - at.x, y[seat] - at.y);
    if (apart < least) {
      [least, best] = [apart, { seat }];
    }
  }
  if (best !== null) {
    return best;
  }
  least = reach;
  for (let row = history.ties.start[quarter]; row < history.ties.start[quarter + 1]; row += 1) {
    const index = history.ties.alliance[row];
    const apart = distance(at, x, y, history.first[index], history.second[index]);
    if (apart < least) {
      [least, best] = [apart, { index }];
    }
  }
  return best;
}

function distance(at, x, y, a, b) {
  const [ex, ey] = [x[b] - x[a], y[b] - y[a]];
  const along = ((at.x - x[a]) * ex + (at.y - y[a]) * ey) / (ex * ex + ey * ey || 1);
  const share = Math.max(0, Math.min(1, along));
  return Math.hypot(x[a] + share * ex - at.x, y[a] + share * ey - at.y);
}
