// Which ended alliances a list holds, and in which order.

const ARM = 2 ** 32; // keys: what is sorted by · 2^35 + arm · 2^32 + index, exact in a double, sorted without comparing functions
const ORDER = 2 ** 35;
const MOST = 2 ** 17; // above every life of an alliance [quarters]

// arms: [{id, history, told}]     filter: {arm: id or "", cause: row or null, told: only those whose story is at hand,
// sort: "quarter" | "life" | "short"}
// Returns {arm [R], index [R]}: positions among `arms`, and alliances.
export function rowsOf(arms, filter) {
  const keys = [];
  arms.forEach(({ id, history, told }, position) => {
    if (filter.arm !== "" && filter.arm !== id) {
      return;
    }
    for (const index of history.endings) {
      const isTold = !filter.told || told === null || told.has(index);
      if (isTold && (filter.cause === null || history.cause[index] === filter.cause)) {
        keys.push(orderOf(history, index, filter.sort) * ORDER + position * ARM + index);
      }
    }
  });
  const sorted = Float64Array.from(keys).sort();
  return {
    arm: Uint8Array.from(sorted, (key) => Math.floor(key / ARM) % 8),
    index: Uint32Array.from(sorted, (key) => key % ARM),
  };
}

function orderOf(history, index, sort) {
  if (sort === "quarter") {
    return history.ended[index];
  }
  const life = history.lifeOf(index);
  return sort === "life" ? MOST - life : life;
}
