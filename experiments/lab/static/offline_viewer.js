// The viewer for pages without a server: worlds and autopsies stand in the page itself.

import { element } from "./elements.js";
import { Ensemble } from "./ensemble.js";
import { readHistory } from "./history.js";
import { say } from "./texts.js";
import { Viewer } from "./viewer.js";

// root: an empty element     worlds: {arms: [{id, name, history, ensemble or null, autopsies: {index: story}}]}, histories and
// ensembles as base64 of gzip of what the lab would send. Returns the viewer, once it shows them.
export async function openWorlds(root, worlds) {
  root.replaceChildren(element("p", { role: "status", text: say("viewer.reading") }));
  const arms = await Promise.all(worlds.arms.map(readArm));
  const told = new Map(worlds.arms.map((arm) => [arm.id, arm.autopsies ?? {}]));
  const source = {
    autopsy: async (id, index) => told.get(id)[index] ?? null,
    telling: async (id) => held(told.get(id)),
  };
  root.replaceChildren();
  const viewer = new Viewer(root, { source });
  viewer.setArms(arms);
  return viewer;
}

// The alliances whose stories stand in the page.
function held(stories) {
  const alliances = Object.entries(stories).map(([index, story]) => ({ index: Number(index), why: story.answer }));
  return alliances.length > 0 ? { answer: say("viewer.held"), alliances } : null;
}

async function readArm({ id, name, history, ensemble, autopsies }) {
  const [run, others] = await Promise.all([unzip(history), ensemble ? unzip(ensemble) : null]);
  const told = new Set(Object.keys(autopsies ?? {}).map(Number));
  return { id, name, history: readHistory(run), ensemble: others && new Ensemble().add(others), told: told.size > 0 ? told : null };
}

async function unzip(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
