// The document: everything that a link restores and undo takes back. Plain data, never changed in place.
//   {lesson: number|null, revealed: bool, seed, world, active: id, arms: [Arm]}
//   Arm: {id, name, pinned, scenario, base, changes, interventions, network}; base: the changes that a chapter makes itself

export const MOST_ARMS = 4;
export const MOST_INTERVENTIONS = 400;
const MOST_NUMBER = 2 ** 31 - 1;
const LETTERS = ["A", "B", "C", "D"];

export function newArm(id, name, scenario, changes = {}) {
  return { id, name, pinned: false, scenario, base: changes, changes, interventions: [], network: null };
}

export function sandboxDocument(start) {
  const arms = [newArm("arm1", "A", start.scenario ?? start.scenarios[0].name)];
  return { lesson: null, revealed: false, seed: 1, world: 0, active: "arm1", arms };
}

export function lessonDocument(lesson) {
  const listed = lesson.arms && lesson.arms.length ? lesson.arms : [{ name: "A", changes: {} }];
  const arms = listed.map((arm, place) =>
    newArm(`arm${place + 1}`, arm.name, lesson.scenario, { ...lesson.changes, ...arm.changes }),
  );
  return { lesson: lesson.number, revealed: false, seed: lesson.seed, world: 0, active: arms[arms.length - 1].id, arms };
}

export function askOf(arm, document) {
  // What the server is asked for: one world of one arm.
  const ask = { scenario: arm.scenario, changes: arm.changes, seed: document.seed, world: document.world };
  if (arm.interventions.length) ask.interventions = arm.interventions;
  if (arm.network) ask.network = arm.network.digest;
  return ask;
}

export function keyOf(ask) {
  // The same for two asks whose many worlds are the same: the order of the changes and the world shown do not matter.
  const changes = Object.entries(ask.changes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([ask.scenario, changes, ask.interventions ?? [], ask.seed, ask.network ?? null]);
}

export function freeId(arms) {
  const taken = arms.map((arm) => Number(arm.id.slice(3)));
  return `arm${Math.max(0, ...taken) + 1}`;
}

export function freeName(arms) {
  return LETTERS.find((letter) => arms.every((arm) => arm.name !== letter)) ?? "E";
}

// What somebody has changed in an arm: [path, value], without what its chapter says.
export function changedIn(arm) {
  return Object.entries(arm.changes).filter(([path, value]) => !sameValue(arm.base[path], value));
}

export function armOf(document, id) {
  return document.arms.find((arm) => arm.id === id);
}

export function activeArm(document) {
  return armOf(document, document.active) ?? document.arms[0];
}

export function sameValue(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isCount(value, most = MOST_NUMBER) {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

function isPlain(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkedArm(given, place) {
  const arm = { base: {}, ...given }; // links that hold no chapter may leave it out
  const areTables = isPlain(given) && isPlain(arm.changes) && isPlain(arm.base);
  const values = areTables ? [...Object.values(arm.changes), ...Object.values(arm.base)] : [null];
  const isGood =
    typeof arm.name === "string" &&
    typeof arm.scenario === "string" &&
    values.every((value) => ["number", "boolean", "string"].includes(typeof value)) &&
    Array.isArray(arm.interventions) &&
    arm.interventions.length <= MOST_INTERVENTIONS &&
    arm.interventions.every(isPlain) &&
    ((arm.network ?? null) === null || (isPlain(arm.network) && typeof arm.network.digest === "string"));
  if (!isGood) throw new Error(`arm ${place + 1}`);
  const { base, changes, interventions, scenario } = arm;
  const network = arm.network ?? null;
  const name = arm.name.slice(0, 60);
  return { id: `arm${place + 1}`, name, pinned: arm.pinned === true, scenario, base, changes, interventions, network };
}

export function checkedDocument(given, start) {
  // A document that came with a link. Throws an Error that names the part that cannot be read.
  if (!isPlain(given) || !Array.isArray(given.arms)) throw new Error("arms");
  if (given.arms.length < 1 || given.arms.length > MOST_ARMS) throw new Error("arms");
  if (!isCount(given.seed) || !isCount(given.world)) throw new Error("seed");
  const arms = given.arms.map(checkedArm);
  const known = start.scenarios.map((scenario) => scenario.name);
  for (const arm of arms) if (!known.includes(arm.scenario)) throw new Error(arm.scenario);
  const lesson = given.lesson ?? null;
  if (lesson !== null && !start.lessons.some((found) => found.number === lesson)) throw new Error(`chapter ${lesson}`);
  const active = isCount(given.active, arms.length - 1) ? arms[given.active].id : arms[0].id;
  return { lesson, revealed: given.revealed === true, seed: given.seed, world: given.world, active, arms };
}
