// What a bet was about, computed from many worlds: never kept in a file.

import { mean, meanInterval, quantile, shareInterval } from "./numbers.js";

function perWorld(lesson, ensembles) {
  // [[value of arm 1, value of arm 2 or undefined], ...] of the worlds that all arms have.
  const columns = ensembles.map((ensemble) => ensemble.outcome(lesson.bet.measure));
  const worlds = [...columns[0].keys()].filter((world) => columns.every((column) => column.has(world)));
  return worlds.map((world) => columns.map((column) => column.get(world)));
}

function armPlace(lesson) {
  const place = lesson.arms.findIndex((arm) => arm.name === lesson.bet.of);
  return Math.max(0, place);
}

// {worlds, undefined: number of worlds left out, values: per world or null, middle, low, high}; null while there are no worlds.
export function truthOf(lesson, ensembles) {
  const rows = perWorld(lesson, ensembles);
  const known = rows.filter((row) => row.every((value) => !Number.isNaN(value)));
  if (!known.length) return null;
  const counted = { worlds: known.length, undefined: rows.length - known.length };
  if (lesson.bet.of === "better") {
    const better = known.filter((row) => row[1] > row[0]).length;
    const { middle, low, high } = shareInterval(better, known.length);
    return { ...counted, values: null, middle: 100 * middle, low: 100 * low, high: 100 * high };
  }
  const scale = lesson.bet.scale ?? 1;
  const place = armPlace(lesson);
  const value = lesson.bet.of === "difference" ? (row) => row[1] - row[0] : (row) => row[place];
  const values = known.map((row) => scale * value(row));
  const sorted = [...values].sort((a, b) => a - b);
  const spread = { from: quantile(sorted, 0.05), to: quantile(sorted, 0.95) };
  return { ...counted, values, ...meanInterval(values), ...spread };
}

// {said: middle of the bets, least, most, closest: names of those nearest to the truth}
export function classOf(bets, middle) {
  const sorted = bets.map((one) => one.bet).sort((a, b) => a - b);
  const misses = bets.map((one) => Math.abs(one.bet - middle));
  const least = Math.min(...misses);
  const closest = bets.filter((_, place) => misses[place] <= least).map((one) => one.name);
  return { said: quantile(sorted, 0.5), mean: mean(sorted), least: sorted[0], most: sorted[sorted.length - 1], closest };
}
