// Many worlds of one arm: bands over worlds, survival, and two arms compared world by world.

import { unpack } from "./packing.js";

const SHARES = { low90: 0.05, low50: 0.25, median: 0.5, high50: 0.75, high90: 0.95 };

// What was counted in the worlds of one arm. `worlds` says how many there are so far; batches may come in any order.
export class Ensemble {
  constructor() {
    this.rows = new Map(); // world -> {living [Q], trust [Q], atRisk [ages], deaths [ages], causes [9], outcomes [K]}
    this.kept = new Map(); // bands and curves, until another batch comes
    this.quarters = 0;
    this.ages = 0;
    this.measures = [];
  }

  get worlds() {
    return this.rows.size;
  }

  // buffer: a packed ensemble. Worlds that are there already are replaced.
  add(buffer) {
    const { header, arrays } = unpack(buffer);
    if (header.kind !== "ensemble") {
      throw new Error(`these are no worlds but "${header.kind}"`);
    }
    if (this.worlds > 0 && (header.quarters !== this.quarters || header.ages !== this.ages)) {
      throw new Error(`worlds of ${header.quarters} quarters cannot join worlds of ${this.quarters}`);
    }
    this.quarters = header.quarters;
    this.ages = header.ages;
    this.measures = header.measures;
    for (let row = 0; row < header.count; row += 1) {
      this.rows.set(header.first + row, rowOf(arrays, row, header));
    }
    this.kept.clear();
    return this;
  }

  // Band of "living" [alliances] or "trust" [share] over the worlds, per quarter:
  // {low90, low50, median, high50, high90}, each [quarters]; 90 of 100 worlds lie between low90 and high90.
  band(measure) {
    return this.once(`band ${measure}`, () => {
      const scale = measure === "trust" ? 1 / 255 : 1;
      return bandOf([...this.rows.values()].map((row) => row[measure]), this.quarters, scale);
    });
  }

  // Kaplan-Meier of all worlds together, and the band in which the curves of 50 and 90 of 100 single worlds lie.
  // {survival [ages+1], low90, low50, high50, high90, atRisk [ages], worlds}; NaN where nobody was at risk.
  curve() {
    return this.once("curve", () => {
      const rows = [...this.rows.values()];
      const atRisk = sumOf(rows.map((row) => row.atRisk), this.ages);
      const survival = kaplanMeier(atRisk, sumOf(rows.map((row) => row.deaths), this.ages));
      const curves = rows.map((row) => kaplanMeier(row.atRisk, row.deaths));
      return { ...bandOf(curves, this.ages + 1, 1), survival, atRisk, worlds: rows.length };
    });
  }

  // "living" or "trust" in up to `count` worlds, the first ones but the one that is played: arrays [quarters].
  runs(measure, played, count = 3) {
    return this.once(`runs ${measure} ${played} ${count}`, () => {
      const others = [...this.rows.keys()].filter((world) => world !== played).sort((a, b) => a - b);
      const scale = measure === "trust" ? 1 / 255 : 1;
      return others.slice(0, count).map((world) => Float64Array.from(this.rows.get(world)[measure], (value) => value * scale));
    });
  }

  // A named outcome per world: Map world -> number.
  outcome(name) {
    const column = this.measures.indexOf(name);
    if (column < 0) {
      throw new Error(`no outcome "${name}"; there are: ${this.measures.join(", ")}`);
    }
    return new Map([...this.rows].map(([world, row]) => [world, row.outcomes[column]]));
  }

  once(key, make) {
    if (!this.kept.has(key)) {
      this.kept.set(key, make());
    }
    return this.kept.get(key);
  }
}

// In how many worlds b is better than a, the same luck on both sides: {better, worse, same, worlds}.
// Worlds that only one of them holds, or in which the outcome is undefined, do not count.
export function compare(a, b, outcome = "survival_5y", more = true) {
  const [left, right] = [a.outcome(outcome), b.outcome(outcome)];
  const result = { better: 0, worse: 0, same: 0, worlds: 0 };
  for (const [world, value] of left) {
    const gain = (right.get(world) - value) * (more ? 1 : -1);
    if (Number.isNaN(gain)) {
      continue;
    }
    result.worlds += 1;
    result[gain > 0 ? "better" : gain < 0 ? "worse" : "same"] += 1;
  }
  return result;
}

// Share that outlives each age [ages+1], starting at 1: S(t) = product over a < t of 1 - deaths[a] / atRisk[a].
// NaN beyond the first age at which nobody was at risk, unless it is 0 already.
export function kaplanMeier(atRisk, deaths) {
  const survival = new Float64Array(atRisk.length + 1);
  survival[0] = 1;
  for (let age = 0; age < atRisk.length; age += 1) {
    survival[age + 1] = survival[age] === 0 ? 0 : survival[age] * (1 - deaths[age] / atRisk[age]);
  }
  return survival;
}

function rowOf(arrays, row, header) {
  const { quarters, ages, measures } = header;
  const cut = (array, width) => array.subarray(row * width, (row + 1) * width);
  return {
    living: cut(arrays.living, quarters),
    trust: cut(arrays.trust, quarters),
    atRisk: cut(arrays.at_risk, ages),
    deaths: cut(arrays.deaths, ages),
    causes: cut(arrays.causes, arrays.causes.length / header.count),
    outcomes: cut(arrays.outcomes, measures.length),
  };
}

function sumOf(arrays, length) {
  const sum = new Float64Array(length);
  for (const array of arrays) {
    for (let place = 0; place < length; place += 1) {
      sum[place] += array[place];
    }
  }
  return sum;
}

// Quantiles over rows, place by place; NaN are left out.
function bandOf(rows, length, scale) {
  const names = Object.keys(SHARES);
  const band = Object.fromEntries(names.map((name) => [name, new Float64Array(length)]));
  const sorted = new Float64Array(rows.length);
  for (let place = 0; place < length; place += 1) {
    let known = 0;
    for (const row of rows) {
      if (!Number.isNaN(row[place])) {
        sorted[known] = row[place];
        known += 1;
      }
    }
    const values = sorted.subarray(0, known).sort();
    for (const name of names) {
      band[name][place] = quantile(values, SHARES[name]) * scale;
    }
  }
  return band;
}

function quantile(sorted, share) {
  if (sorted.length === 0) {
    return NaN;
  }
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}
