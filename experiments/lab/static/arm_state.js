// What the viewer keeps of an arm, and when firms need new places.

import { placeFirms } from "./layout.js";

// arm: {id, name, history or null, ensemble or null}     before: the state of the arm of that id, if there was one.
// `stale`: its worlds are those of the settings before, until new ones come.
export function stateOf({ id, name, history, ensemble, told }, position, before) {
  const same = before && before.ensemble === ensemble;
  const worldsOf = same ? before.worldsOf : ensemble && history ? history.askKey : null;
  const stale = Boolean(ensemble && history && worldsOf !== history.askKey);
  return { id, name, position, history: history ?? null, ensemble: ensemble ?? null, told: told ?? null, worldsOf, stale };
}

// Where the firms of all arms stand: as before, unless there are other firms, another scenario or another seed. A slider moves
// none of them.
export function placesOf(arms, before) {
  const histories = arms.filter((arm) => arm.history).map((arm) => arm.history);
  if (histories.length === 0) {
    return before;
  }
  const [{ firms, header }] = histories;
  const most = Math.max(...histories.map((history) => history.firms));
  const key = JSON.stringify([most, firms, header.scenario, header.seed, header.ask.network ?? null]);
  return before?.key === key ? before : { key, ...placeFirms(most, histories[0]) };
}
