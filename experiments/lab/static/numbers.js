// Values with their units, as people say them.

import { say } from "./texts.js";
import { rounded } from "./make.js";

export function withUnit(value, unit) {
  if (value === undefined || value === null) return "";
  if (typeof value === "boolean") return say(value ? "lab.on" : "lab.off");
  if (typeof value !== "number") return String(value).replaceAll("_", " ");
  if (unit === "share") return `${rounded(value * 100)} %`;
  const text = rounded(value).toLocaleString("en-GB", { maximumFractionDigits: 6 });
  if (!unit) return text;
  if (unit === "1/quarter") return `${text} ${say("lab.perQuarter")}`;
  return `${text} ${unit}`;
}

export function percent(share) {
  return `${Math.round(share * 100)} %`;
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// 95 % interval of a mean, by the normal approximation: 100 worlds are enough for it.
export function meanInterval(values) {
  const middle = mean(values);
  if (values.length < 2) return { middle, low: middle, high: middle };
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  const half = 1.96 * Math.sqrt(variance / values.length);
  return { middle, low: middle - half, high: middle + half };
}

// Wilson's 95 % interval of a share: honest near 0 and 1.
export function shareInterval(count, all) {
  const z = 1.96;
  const share = count / all;
  const centre = (share + (z * z) / (2 * all)) / (1 + (z * z) / all);
  const half = (z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all))) / (1 + (z * z) / all);
  return { middle: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

export function quantile(sorted, share) {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

// Two-sided sign test: how often chance alone would split the worlds that differ at least as unevenly.
export function signTest(better, worse) {
  const all = better + worse;
  const least = Math.min(better, worse);
  let term = 0.5 ** all;
  let sum = term;
  for (let count = 1; count <= least; count += 1) {
    term *= (all - count + 1) / count;
    sum += term;
  }
  return Math.min(1, 2 * sum);
}
