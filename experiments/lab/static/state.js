// The one place where the lab's state changes. Everyone else listens: state -> ask -> answer -> viewer.

import { MOST_ARMS, MOST_INTERVENTIONS, activeArm, armOf, freeId, freeName, newArm, sameValue } from "./documents.js";
import { Steps } from "./undo.js";

export class State {
  constructor(document) {
    this.document = document;
    this.steps = new Steps();
    this.listeners = [];
  }

  // listener(document, before): after every change, with the document as it was.
  listen(listener) {
    this.listeners.push(listener);
  }

  get canUndo() {
    return this.steps.behind.length > 0;
  }

  get canRedo() {
    return this.steps.ahead.length > 0;
  }

  // Another place (a chapter, the sandbox, a link): nothing before it can be taken back.
  open(document) {
    this.steps.clear();
    this.#set(document);
  }

  undo() {
    const document = this.steps.back(this.document);
    if (document) this.#set(document);
    return document !== null;
  }

  redo() {
    const document = this.steps.forward(this.document);
    if (document) this.#set(document);
    return document !== null;
  }

  hold(isHeld) {
    this.steps.hold(isHeld);
  }

  reveal() {
    this.open({ ...this.document, revealed: true });
  }

  setSeed(seed) {
    this.#change({ seed, world: 0 }, "seed");
  }

  setWorld(world) {
    this.#change({ world }, "world");
  }

  activate(id) {
    // Which arm the sliders move is no step of its own: there is nothing to take back.
    if (armOf(this.document, id)) this.#set({ ...this.document, active: id });
  }

  setSetting(path, value) {
    const arm = activeArm(this.document);
    this.#arm(arm.id, { changes: { ...arm.changes, [path]: value } }, `setting ${arm.id} ${path}`);
  }

  resetSetting(path) {
    const arm = activeArm(this.document);
    const { [path]: _, ...changes } = arm.changes;
    if (path in arm.base) changes[path] = arm.base[path];
    this.#arm(arm.id, { changes });
  }

  resetAll() {
    const arm = activeArm(this.document);
    this.#arm(arm.id, { changes: arm.base, interventions: [] });
  }

  // All arms that are not pinned follow; what made them differ from the first of them stays.
  choosePreset(scenario) {
    const moving = this.document.arms.filter((arm) => !arm.pinned);
    const base = moving.length ? moving[0].changes : {};
    const own = (arm) => Object.entries(arm.changes).filter(([path, value]) => !sameValue(base[path], value));
    this.#arms((arm) =>
      arm.pinned ? arm : { ...arm, scenario, base: {}, changes: Object.fromEntries(own(arm)), interventions: [], network: null },
    );
  }

  // network: {digest, name, firms, ties} or null for the preset's own.
  setNetwork(network) {
    this.#arms((arm) => (arm.pinned ? arm : { ...arm, network, interventions: [] }));
  }

  addArm() {
    const { arms } = this.document;
    if (arms.length >= MOST_ARMS) return false;
    const arm = { ...activeArm(this.document), id: freeId(arms), name: freeName(arms), pinned: false };
    this.#change({ arms: [...arms, arm], active: arm.id });
    return true;
  }

  // entry: {change, interventions, changes}, as the autopsy's "but for" gives it.
  addArmWith(id, entry) {
    const { arms } = this.document;
    const from = armOf(this.document, id);
    const interventions = [...from.interventions, ...(entry.interventions ?? [])];
    if (arms.length >= MOST_ARMS || interventions.length > MOST_INTERVENTIONS) return false;
    const changes = { ...from.changes, ...(entry.changes ?? {}) };
    const name = entry.change.slice(0, 60);
    const arm = { ...from, id: freeId(arms), name, pinned: false, changes, interventions };
    this.#change({ arms: [...arms, arm], active: arm.id });
    return true;
  }

  // What a chapter proposes to try: the changes stand on top of nothing but the first arm's scenario.
  addArmNamed(name, changes) {
    const { arms } = this.document;
    if (arms.length >= MOST_ARMS) return false;
    const arm = newArm(freeId(arms), name, arms[0].scenario, changes);
    this.#change({ arms: [...arms, arm], active: arm.id });
    return true;
  }

  removeArm(id) {
    const arms = this.document.arms.filter((arm) => arm.id !== id);
    if (!arms.length) return;
    const active = this.document.active === id ? arms[arms.length - 1].id : this.document.active;
    this.#change({ arms, active });
  }

  renameArm(id, name) {
    const shown = name.trim().slice(0, 60);
    if (shown && shown !== armOf(this.document, id).name) this.#arm(id, { name: shown });
  }

  pinArm(id, pinned) {
    this.#arm(id, { pinned });
  }

  removeIntervention(place) {
    const arm = activeArm(this.document);
    this.#arm(arm.id, { interventions: arm.interventions.filter((_, index) => index !== place) });
  }

  #arm(id, part, tag = null) {
    this.#arms((arm) => (arm.id === id ? { ...arm, ...part } : arm), tag);
  }

  #arms(update, tag = null) {
    this.#change({ arms: this.document.arms.map(update) }, tag);
  }

  #change(part, tag = null) {
    const document = { ...this.document, ...part };
    if (sameValue(document, this.document)) return;
    this.steps.record(this.document, tag);
    this.#set(document);
  }

  #set(document) {
    const before = this.document;
    this.document = document;
    for (const listener of this.listeners) listener(document, before);
  }
}
