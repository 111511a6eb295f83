// What is said about a firm, an alliance, a quarter: short, and the same wherever it is said.

import { DISTRESS, FAILED, HIT, BREACH, MANAGERS } from "./history.js";
import { has, say, sayCount } from "./texts.js";

// "quarter 57 (year 15)": quarters as the engine counts them, from 0; years as people do, from 1.
export function whenOf(quarter) {
  return say("viewer.when", { year: Math.floor(quarter / 4) + 1, quarter });
}

// "12 years", "1 year 3 quarters", "2 quarters"
export function spanOf(quarters) {
  const [years, rest] = [Math.floor(quarters / 4), quarters % 4];
  const parts = [];
  if (years > 0) {
    parts.push(sayCount("viewer.years", years));
  }
  if (rest > 0 || years === 0) {
    parts.push(sayCount("viewer.quarters", rest));
  }
  return parts.join(" ");
}

// A name of code as people read it.
export function wordsOf(name) {
  const key = `viewer.name.${name}`;
  return has(key) ? say(key) : name.replaceAll("_", " ");
}

export function causeOf(history, index) {
  return history.hasEnded(index) ? wordsOf(history.causes[history.cause[index]]) : say("viewer.alive");
}

export function firmTip(history, quarter, seat) {
  const marks = history.marksAt(quarter, seat);
  const ties = history.livingAt(quarter).filter((index) => history.first[index] === seat || history.second[index] === seat).length;
  const parts = [
    say("viewer.tip_firm", { name: history.names[seat], strategy: wordsOf(history.strategyAt(quarter, seat)) }),
    sayCount("viewer.alliances", ties),
    say("viewer.tip_capital", { capital: history.capitalAt(quarter, seat).toFixed(1) }),
  ];
  for (const [bit, key] of [[MANAGERS, "managers"], [HIT, "hit"], [DISTRESS, "distress"]]) {
    if (marks & bit) {
      parts.push(say(`viewer.tip_${key}`));
    }
  }
  return parts.join("\n");
}

export function allianceTip(history, quarter, index) {
  const parts = [
    history.nameOf(index),
    say("viewer.tip_trust", { trust: history.trustAt(index, quarter).toFixed(2) }),
    say("viewer.tip_age", { age: spanOf(quarter - history.born[index]) }),
    say(history.equity[index] ? "viewer.equity" : "viewer.contract"),
  ];
  if (history.rival[index]) {
    parts.push(say("viewer.rivals"));
  }
  if (history.ended[index] === quarter && history.hasEnded(index)) {
    parts.push(say("viewer.tip_ends", { cause: causeOf(history, index) }));
  }
  return parts.join("\n");
}

// One line about a quarter of one arm.
export function quarterLine(history, quarter) {
  const at = Math.min(quarter, history.quarters - 1);
  const parts = [sayCount("viewer.alliances", history.series("living")[at])];
  if (history.series("living")[at] > 0) {
    parts.push(say("viewer.line_trust", { trust: history.series("mean_trust")[at].toFixed(2) }));
  }
  const counts = {
    line_formed: history.series("formed")[at],
    line_ended: history.series("ended")[at],
    line_hit: history.series("shocks")[at],
    line_found: history.countEvents(BREACH, at),
    line_failed: history.countEvents(FAILED, at),
  };
  for (const [key, count] of Object.entries(counts)) {
    if (count > 0) {
      parts.push(sayCount(`viewer.${key}`, count));
    }
  }
  return parts.join(" · ");
}
