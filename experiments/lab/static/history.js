// One run as the server sends it, with what drawing asks of it prepared once: ties by quarter and look, endings in order.

import { unpack } from "./packing.js";

const ALIVE = 255; // cause of an alliance that has not ended
export const MANAGERS = 1; // bits of `marks`
export const HIT = 2;
export const DISTRESS = 4;
export const BREACH = 3; // kinds of events, see simulation/events.py
export const FAILED = 4;
const LOOKS_OF_TIES = 128; // trust in 16 steps + 16·rival + 32·equity + 64·breaking

// ArrayBuffer of a packed history -> History.
export function readHistory(buffer) {
  const { header, arrays } = unpack(buffer);
  if (header.kind !== "history") {
    throw new Error(`this is no history but "${header.kind}"`);
  }
  return new History(header, arrays);
}

export class History {
  constructor(header, arrays) {
    this.header = header;
    this.firms = header.firms;
    this.quarters = header.quarters;
    this.warmUp = header.warm_up;
    this.names = header.names;
    this.strategies = header.strategies;
    this.causes = header.causes;
    Object.assign(this, arrays); // the arrays' names are those of experiments/lab/history.py
    this.alliances = this.first.length;
    this.columns = columnsOf(header.record_names, this.records, this.quarters);
    this.ties = sortTies(this); // {start [Q+1], alliance [T], look [T]}
    this.endings = sortEndings(this); // [ended] indices in order of their last quarter
    this.eventStart = startsOf(this.event_quarter, this.quarters); // [Q+1]
    this.worldKey = keyOf(header.ask, true);
    this.askKey = keyOf(header.ask, false);
  }

  strategyAt(quarter, seat) {
    return this.strategies[this.strategy[quarter * this.firms + seat]];
  }

  marksAt(quarter, seat) {
    return this.marks[quarter * this.firms + seat];
  }

  capitalAt(quarter, seat) {
    return this.capital[quarter * this.firms + seat];
  }

  // Mean trust of the two in a quarter of their alliance, share 0..1.
  trustAt(index, quarter) {
    return this.trust[this.trust_at[index] + quarter - this.formed[index]] / 255;
  }

  // In the picture: alive, or in its last quarter.
  isDrawn(index, quarter) {
    return this.formed[index] <= quarter && quarter <= this.ended[index];
  }

  hasEnded(index) {
    return this.cause[index] !== ALIVE;
  }

  // Indices of the alliances alive in a quarter.
  livingAt(quarter) {
    const living = [];
    for (let row = this.ties.start[quarter]; row < this.ties.start[quarter + 1]; row += 1) {
      if (this.ties.look[row] < 64) {
        living.push(this.ties.alliance[row]);
      }
    }
    return living;
  }

  // How many events of a kind stand in the log of a quarter.
  countEvents(kind, quarter) {
    let count = 0;
    for (let row = this.eventStart[quarter]; row < this.eventStart[quarter + 1]; row += 1) {
      count += this.event_kind[row] === kind ? 1 : 0;
    }
    return count;
  }

  // One measure over the quarters [quarters], undefined if the run does not hold it.
  series(name) {
    return this.columns[name];
  }

  // Age at which an alliance ended, or which it has reached, in quarters.
  lifeOf(index) {
    return (this.hasEnded(index) ? this.ended[index] : this.quarters - 1) - this.born[index];
  }

  nameOf(index) {
    return `${this.names[this.first[index]]} – ${this.names[this.second[index]]}`;
  }
}

// Deaths and numbers at risk by age, as experiments/outcomes.py counts them: alliances born after the warm-up; without
// a warm-up also those that existed before, from the age at which they are first seen.
export function lifeTable(history, ages) {
  const moves = new Float64Array(ages + 1);
  const deaths = new Uint32Array(ages);
  for (let index = 0; index < history.alliances; index += 1) {
    const born = history.born[index];
    const first = Math.max(0, -born);
    const last = history.lifeOf(index);
    if (history.warmUp ? born < history.warmUp : first >= ages) {
      continue;
    }
    moves[first] += 1;
    moves[Math.min(last + 1, ages)] -= 1;
    if (history.hasEnded(index) && last < ages) {
      deaths[last] += 1;
    }
  }
  const atRisk = new Uint32Array(ages);
  let now = 0;
  for (let age = 0; age < ages; age += 1) {
    now += moves[age];
    atRisk[age] = now;
  }
  return { atRisk, deaths };
}

function columnsOf(names, records, quarters) {
  const columns = {};
  names.forEach((name, column) => {
    columns[name] = new Float32Array(quarters);
    for (let quarter = 0; quarter < quarters; quarter += 1) {
      columns[name][quarter] = records[quarter * names.length + column];
    }
  });
  return columns;
}

// Counting sort of all (alliance, quarter) by quarter and look, so that a quarter is drawn with one stroke per look.
function sortTies(history) {
  const { quarters, alliances, formed, ended } = history;
  const places = new Uint32Array(quarters * LOOKS_OF_TIES + 1);
  const looks = new Uint8Array(history.trust.length);
  const keys = new Uint32Array(history.trust.length);
  let row = 0;
  for (let index = 0; index < alliances; index += 1) {
    const kind = (history.rival[index] ? 16 : 0) + (history.equity[index] ? 32 : 0);
    const last = Math.min(ended[index], quarters - 1);
    for (let quarter = formed[index]; quarter <= last; quarter += 1, row += 1) {
      looks[row] = (history.trust[row] >> 4) + kind + (quarter === ended[index] ? 64 : 0);
      keys[row] = quarter * LOOKS_OF_TIES + looks[row];
      places[keys[row] + 1] += 1;
    }
  }
  for (let key = 1; key < places.length; key += 1) {
    places[key] += places[key - 1];
  }
  const start = new Uint32Array(quarters + 1);
  for (let quarter = 0; quarter <= quarters; quarter += 1) {
    start[quarter] = places[quarter * LOOKS_OF_TIES];
  }
  return { start, ...placed(history, keys, looks, places) };
}

function placed(history, keys, looks, places) {
  const alliance = new Uint32Array(keys.length);
  const look = new Uint8Array(keys.length);
  for (let index = 0; index < history.alliances; index += 1) {
    for (let row = history.trust_at[index]; row < history.trust_at[index + 1]; row += 1) {
      const place = places[keys[row]];
      places[keys[row]] += 1;
      alliance[place] = index;
      look[place] = looks[row];
    }
  }
  return { alliance, look };
}

function sortEndings(history) {
  const start = new Uint32Array(history.quarters + 2);
  for (let index = 0; index < history.alliances; index += 1) {
    if (history.hasEnded(index)) {
      start[history.ended[index] + 1] += 1;
    }
  }
  for (let quarter = 1; quarter < start.length; quarter += 1) {
    start[quarter] += start[quarter - 1];
  }
  const endings = new Uint32Array(start[history.quarters]);
  for (let index = 0; index < history.alliances; index += 1) {
    if (history.hasEnded(index)) {
      endings[start[history.ended[index]]] = index;
      start[history.ended[index]] += 1;
    }
  }
  return endings;
}

function startsOf(sorted, quarters) {
  const start = new Uint32Array(quarters + 1);
  for (const quarter of sorted) {
    start[quarter + 1] += 1;
  }
  for (let quarter = 0; quarter < quarters; quarter += 1) {
    start[quarter + 1] += start[quarter];
  }
  return start;
}

// Which worlds a run belongs to: equal keys, equal band. With `world`, also which of them it is.
function keyOf(ask, world) {
  const { scenario, changes, interventions, seed, network } = ask;
  return JSON.stringify([scenario, changes, interventions, seed, network ?? null, world ? ask.world : null]);
}
