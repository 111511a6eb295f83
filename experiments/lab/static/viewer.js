// The viewer: plays one to four runs side by side. State is kept here and drawn by the parts; the parts only ask back.

import { ArmFigure } from "./arm_figure.js";
import { placesOf, stateOf } from "./arm_state.js";
import { Clock } from "./clock.js";
import { typeScale } from "./elements.js";
import { listenToKeys } from "./keys.js";
import { Opening } from "./opening.js";
import { makeParts } from "./viewer_parts.js";

const MOST_ARMS = 4;
const STEPS = 8; // in which marks move during a quarter

// root: an empty element. All else is optional:
//   source: {autopsy(id, index), firm(id, seat, quarter), telling(id)}, each -> Promise of what the server would answer
//   onButFor(id, index, entry): somebody wants to see the world of an entry of `but_for`
//   onQuarter(quarter): another quarter is shown     onSelect(id, index or null): an autopsy was opened or closed
export class Viewer {
  constructor(root, { source, onButFor, onQuarter, onSelect } = {}) {
    this.root = root;
    this.onQuarter = onQuarter;
    this.onSelect = onSelect;
    this.arms = []; // [{id, name, position, history, ensemble, stale, worldsOf}]
    this.figures = []; // [ArmFigure], as the arms
    this.shownQuarter = 0;
    this.passed = 0; // share of the quarter that has been played
    this.places = null; // {x [N], y [N]} of the firms, 0..1
    this.measure = "living";
    this.type = typeScale();
    this.parts = makeParts(root, this.asks(onButFor));
    this.opening = new Opening(this, this.parts, source ?? {});
    this.clock = new Clock((quarters) => this.advance(quarters));
    this.listen();
  }

  // arms: [{id, name, history or null, ensemble or null}]
  setArms(arms) {
    const before = new Map(this.arms.map((arm) => [arm.id, arm]));
    this.arms = arms.slice(0, MOST_ARMS).map((arm, position) => stateOf(arm, position, before.get(arm.id)));
    this.figures = this.arms.map((arm) => new ArmFigure(arm, arm.position, (picked) => this.pick(arm.id, picked)));
    this.parts.grid.dataset.count = String(this.arms.length);
    this.parts.grid.replaceChildren(...this.figures.map((figure) => figure.element));
    this.parts.living.setArms(this.arms);
    this.parts.survival.setArms();
    this.place();
    this.arms.forEach((arm) => this.figures[arm.position].setHistory(arm.history, this.places));
    this.keepSelection(before);
    this.drawRuns();
  }

  // The path of a slider: one arm, all redrawn.
  setHistory(id, history) {
    const arm = this.armOf(id);
    arm.history = history;
    arm.stale = arm.ensemble !== null && arm.worldsOf !== history.askKey;
    if (this.opening.selection?.id === id) {
      this.select(id, null); // the alliance of that number is another one now
    }
    const changed = this.place() ? this.arms : [arm];
    changed.forEach((other) => this.figureOf(other.id).setHistory(other.history, this.places));
    this.drawRuns();
  }

  setEnsemble(id, ensemble) {
    const arm = this.armOf(id);
    arm.ensemble = ensemble;
    arm.worldsOf = ensemble && arm.history ? arm.history.askKey : null;
    arm.stale = false;
    this.parts.living.show(this.arms, this.measure, this.quarters);
    this.parts.survival.show(this.arms);
  }

  setQuarter(quarter) {
    const wanted = Math.max(0, Math.min(this.quarters - 1, Math.round(quarter)));
    this.passed = 0;
    if (Number.isFinite(wanted) && wanted !== this.shownQuarter) {
      this.shownQuarter = wanted;
      this.drawQuarter();
      this.onQuarter?.(wanted);
    }
  }

  // From the start again, if the end is shown.
  play() {
    if (this.quarters < 2) {
      return;
    }
    if (this.shownQuarter >= this.quarters - 1) {
      this.setQuarter(0);
    }
    this.clock.start();
    this.drawPlayer();
  }

  pause() {
    this.clock.stop();
    this.passed = 0;
    this.drawQuarter();
  }

  setSpeed(quartersPerSecond) {
    this.clock.speed = Math.max(0.25, Math.min(64, Number(quartersPerSecond) || 4));
    this.drawPlayer();
  }

  get quarter() {
    return this.shownQuarter;
  }

  get isPlaying() {
    return this.clock.isRunning;
  }

  // Of the longest run.
  get quarters() {
    return this.arms.reduce((most, arm) => Math.max(most, arm.history?.quarters ?? 0), 0);
  }

  framesPerSecond() {
    return this.clock.framesPerSecond();
  }

  // Opens the autopsy of an alliance, living or ended; null closes it. An alliance that the run does not hold is passed over.
  select(id, index) {
    if (index !== null && !(index < this.armOf(id).history?.alliances)) {
      return;
    }
    this.opening.select(id, index);
    this.onSelect?.(id, index);
  }

  // Middle of an alliance's tie in pixels of the window, for tests and for pointing at it.
  placeOf(id, index) {
    return this.figureOf(id).network.placeOf(index);
  }

  // Takes the viewer off the page for good.
  destroy() {
    this.clock.stop();
    this.ending.abort();
    this.resizes.disconnect();
    this.root.replaceChildren();
  }

  armOf(id) {
    const arm = this.arms.find((candidate) => candidate.id === id);
    if (arm === undefined) {
      throw new Error(`no arm "${id}"; there are: ${this.arms.map((other) => other.id).join(", ")}`);
    }
    return arm;
  }

  figureOf(id) {
    return this.figures[this.armOf(id).position];
  }

  asks(onButFor) {
    return {
      onToggle: () => this.toggle(),
      onQuarter: (quarter) => this.goTo(quarter),
      onStep: (by) => this.goTo(this.shownQuarter + by),
      onSpeed: (speed) => this.setSpeed(speed),
      onMeasure: (measure) => {
        this.measure = measure;
        this.parts.living.show(this.arms, measure, this.quarters);
      },
      onChoose: (id, index) => {
        this.goTo(this.armOf(id).history.ended[index]); // a living one: to the end of the run
        this.select(id, index);
      },
      onTelling: (id) => this.opening.openTelling(id),
      onClose: () => this.opening.close(),
      onRoom: () => this.resize(),
      onButFor,
    };
  }

  listen() {
    this.ending = new AbortController();
    this.resizes = new ResizeObserver(() => this.resize());
    this.resizes.observe(this.root);
    listenToKeys(this.root, this.parts.player.scrub, this.ending.signal, {
      toggle: () => this.toggle(),
      step: (by) => this.goTo(this.shownQuarter + by),
      goTo: (quarter) => this.goTo(quarter),
      last: () => this.goTo(this.quarters - 1),
      list: () => this.parts.list.focus(),
      close: () => this.opening.close(),
    });
  }

  // By hand: whoever goes somewhere wants to stay there.
  goTo(quarter) {
    this.clock.stop();
    this.setQuarter(quarter);
    this.drawPlayer();
  }

  toggle() {
    return this.isPlaying ? this.pause() : this.play();
  }

  pick(id, picked) {
    if (picked === null) {
      this.opening.close();
    } else if (picked.index === undefined) {
      this.opening.openFirm(id, picked.seat);
    } else {
      this.select(id, picked.index);
    }
  }

  // After new arms: what was selected stays so, if its run is still there.
  keepSelection(before) {
    const { selection } = this.opening;
    if (selection === null) {
      return;
    }
    const arm = this.arms.find((candidate) => candidate.id === selection.id);
    if (arm?.history && arm.history === before.get(arm.id)?.history) {
      this.opening.mark(arm.id, { index: selection.index });
    } else {
      this.select(selection.id, null);
    }
  }

  // Lays the firms out if they are others than before. Returns whether it did.
  place() {
    const before = this.places;
    this.places = placesOf(this.arms, before);
    return this.places !== before;
  }

  advance(quarters) {
    const whole = this.passed + quarters;
    const next = Math.min(this.quarters - 1, this.shownQuarter + Math.floor(whole));
    if (next !== this.shownQuarter) {
      this.shownQuarter = next;
      this.drawQuarter();
      this.onQuarter?.(next);
    }
    this.moveMarks(whole % 1);
    if (next >= this.quarters - 1) {
      this.pause();
    }
  }

  // Between two quarters only the rays of shocks move, in steps; too fast for the eye they stand still.
  moveMarks(share) {
    const step = Math.floor(share * STEPS);
    if (step !== Math.floor(this.passed * STEPS) && this.clock.speed <= STEPS) {
      this.figures.filter(({ network }) => network.moves).forEach(({ network }) => network.drawTop(step / STEPS));
    }
    this.passed = share;
  }

  drawRuns() {
    const { legend, strip, living, survival, list } = this.parts;
    const known = this.arms.filter((arm) => arm.history);
    this.shownQuarter = Math.max(0, Math.min(this.shownQuarter, this.quarters - 1));
    legend.show(known.map((arm) => arm.history));
    strip.show(known, this.quarters);
    living.show(this.arms, this.measure, this.quarters);
    survival.show(this.arms);
    list.show(known);
    this.drawQuarter();
  }

  drawQuarter() {
    this.figures.forEach((figure) => figure.draw(this.shownQuarter));
    this.parts.strip.setQuarter(this.shownQuarter);
    this.parts.living.setQuarter(this.shownQuarter);
    this.drawPlayer();
  }

  drawPlayer() {
    const { quarters, shownQuarter, isPlaying } = this;
    this.parts.player.show({ quarter: shownQuarter, quarters, isPlaying, speed: this.clock.speed });
    if (!isPlaying && quarters > 0) {
      this.parts.summary.show(this.arms.filter((arm) => arm.history), shownQuarter);
    }
  }

  // Everything is measured anew.
  resize() {
    if (!this.root.clientWidth || this.arms.length === 0) {
      return;
    }
    const { strip, living, survival, list } = this.parts;
    if (this.type !== typeScale()) {
      this.type = typeScale();
      living.setArms(this.arms);
      survival.setArms();
    }
    living.show(this.arms, this.measure, this.quarters);
    survival.show(this.arms);
    [living, survival, strip, list].forEach((part) => part.resize());
    this.figures.forEach((figure) => figure.network.resize());
    this.drawQuarter();
  }
}
