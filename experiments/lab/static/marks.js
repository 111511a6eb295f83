// The marks of firms: a shape per strategy, a ring for alliance managers, pale in distress.

import { INK, paler } from "./colours.js";
import { DISTRESS, MANAGERS } from "./history.js";

const RING = 1.7; // radius of the ring of alliance managers [radii of the mark]
const PALE_EDGE = "#8C8C8C";
const CORNERS = {
  square: [[-0.86, -0.86], [0.86, -0.86], [0.86, 0.86], [-0.86, 0.86]],
  triangle: [[0, -1.1], [1.02, 0.78], [-1.02, 0.78]],
  wedge: [[0, 1.1], [1.02, -0.78], [-1.02, -0.78]],
  diamond: [[0, -1.2], [1.05, 0], [0, 1.2], [-1.05, 0]],
  pentagon: [[0, -1.08], [1.03, -0.33], [0.64, 0.87], [-0.64, 0.87], [-1.03, -0.33]],
};
const THICK = 0.42; // half the width of a bar of the plus
const PLUS = [
  [-THICK, -1.1], [THICK, -1.1], [THICK, -THICK], [1.1, -THICK], [1.1, THICK], [THICK, THICK],
  [THICK, 1.1], [-THICK, 1.1], [-THICK, THICK], [-1.1, THICK], [-1.1, -THICK], [-THICK, -THICK],
];
CORNERS.plus = PLUS;
CORNERS.cross = PLUS.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]);

// Adds the outline of a shape to the path.
export function traceShape(context, shape, x, y, radius) {
  const corners = CORNERS[shape];
  if (corners === undefined) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  corners.forEach(([across, down], place) => {
    const to = place === 0 ? "moveTo" : "lineTo";
    context[to](x + across * radius, y + down * radius);
  });
  context.closePath();
}

// The outline of a shape as the path of an SVG element.
export function outlineOf(shape, x, y, radius) {
  const corners = CORNERS[shape];
  if (corners === undefined) {
    return `M${x - radius},${y}a${radius},${radius} 0 1,0 ${2 * radius},0a${radius},${radius} 0 1,0 ${-2 * radius},0Z`;
  }
  return `M${corners.map(([across, down]) => `${(x + across * radius).toFixed(2)},${(y + down * radius).toFixed(2)}`).join("L")}Z`;
}

// A firm. look: {shape, colour}     marks: bits of History.marks
export function drawFirm(context, look, marks, x, y, radius) {
  const distress = (marks & DISTRESS) !== 0;
  context.strokeStyle = distress ? PALE_EDGE : INK;
  if (marks & MANAGERS) {
    context.beginPath();
    context.arc(x, y, radius * RING, 0, 2 * Math.PI);
    context.fillStyle = "#FFFFFF";
    context.fill();
    context.lineWidth = Math.max(1.2, radius * 0.2);
    context.stroke();
  }
  context.beginPath();
  traceShape(context, look.shape, x, y, radius);
  context.fillStyle = distress ? paler(look.colour, 0.72) : look.colour;
  context.fill();
  context.lineWidth = Math.max(0.8, radius * 0.12);
  context.stroke();
}

// Firms painted once per look and stamped from then on. radius [CSS pixels], scale [device pixels per CSS pixel]
export class Stamps {
  constructor(radius, scale) {
    this.radius = radius;
    this.scale = scale;
    this.half = Math.ceil(radius * RING + 2);
    this.kept = new Map();
  }

  // Canvas with the firm in its middle, 2·half CSS pixels wide.
  of(look, marks) {
    const kind = marks & (MANAGERS | DISTRESS);
    const key = `${look.shape} ${look.colour} ${kind}`;
    let stamp = this.kept.get(key);
    if (stamp === undefined) {
      stamp = document.createElement("canvas");
      stamp.width = stamp.height = Math.ceil(2 * this.half * this.scale);
      const context = stamp.getContext("2d");
      context.scale(this.scale, this.scale);
      drawFirm(context, look, kind, this.half, this.half, this.radius);
      this.kept.set(key, stamp);
    }
    return stamp;
  }
}

// Adds an ✕ to the path.
export function traceCross(context, x, y, size) {
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x + size, y - size);
  context.lineTo(x - size, y + size);
}

// Adds the rays of a shock around a firm to the path.
export function traceRays(context, x, y, from, to) {
  for (let ray = 0; ray < 8; ray += 1) {
    const [across, down] = RAYS[ray];
    context.moveTo(x + across * from, y + down * from);
    context.lineTo(x + across * to, y + down * to);
  }
}

const RAYS = Array.from({ length: 8 }, (_, ray) => [Math.cos((ray * Math.PI) / 4), Math.sin((ray * Math.PI) / 4)]);
