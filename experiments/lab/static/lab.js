// Begins the lab: one page with three places, the start, the sandbox and the chapters, told apart by the address.

import { askOf, lessonDocument, sandboxDocument } from "./documents.js";
import { Flights } from "./flights.js";
import { Header } from "./header.js";
import { KeyboardHelp } from "./keyboard_help.js";
import { LAB_TEXTS } from "./lab_texts.js";
import { LessonView } from "./lessons_view.js";
import { fragmentOf, readFragment } from "./link.js";
import { NetworkLoader } from "./load_network.js";
import { make, once } from "./make.js";
import { Message } from "./message.js";
import { Projector } from "./projector.js";
import { SaveMenu } from "./save_menu.js";
import { startScreen } from "./start_screen.js";
import { State } from "./state.js";
import { addTexts, say } from "./texts.js";
import { askJson } from "./wire.js";
import { Workbench } from "./workbench.js";

const LINK_MS = 300;
const SPEEDS = [1, 2, 4, 8, 16]; // quarters a second
const PLAY_SECONDS = 16; // a reveal takes no longer

class Lab {
  constructor(start, message, flights) {
    Object.assign(this, { start, message, flights });
    this.state = new State(sandboxDocument(start));
    this.writeLink = once(LINK_MS, () => this.#writeLink());
    const events = { onLooked: () => this.writeLink(), onGrown: () => this.#grown(), onSettings: () => this.#toggleSide() };
    this.bench = new Workbench(start, this.state, message, flights, events);
    this.loader = new NetworkLoader(this.state, message, flights);
    this.save = new SaveMenu(this.state, message, flights, () => this.bench.quarter, (now) => this.#titleOfFile(now));
    this.projector = new Projector();
    this.help = new KeyboardHelp(this.#keys());
    this.tools = make("div", { class: "tools" }, [this.projector.element, this.help.element]);
    this.header = new Header(start, this.state, {
      loader: this.loader.element,
      saveMenu: this.save.element,
      copyLink: () => this.#copyLink(),
    });
    this.side = make("aside", { class: "side", "aria-label": say("lab.side"), tabindex: -1 });
    this.body = make("div", { class: "body" }, [this.side, this.bench.element]);
    this.screen = make("div", { class: "screen" });
    document.body.append(this.screen, message.element, this.help.dialog);
    this.state.listen((now, before) => this.#changed(now, before));
    addEventListener("hashchange", () => this.#route());
    this.#route();
  }

  #keys() {
    const arm = (place) => this.state.document.arms[place] && this.state.activate(this.state.document.arms[place].id);
    return {
      undo: () => this.state.undo(),
      redo: () => this.state.redo(),
      arm,
      world: () => this.isAtWork && this.state.setWorld(this.state.document.world + 1),
      search: () => this.isAtWork && this.bench.focusSearch(),
      add: () => this.isAtWork && this.header.isSandbox && this.state.addArm(),
      large: () => this.projector.toggle(),
    };
  }

  get isAtWork() {
    return this.bench.isOpen;
  }

  #route() {
    const found = readFragment(location.hash, this.start);
    this.message.clear();
    if (found.place === "sandbox") this.#work(sandboxDocument(this.start), null);
    else if (found.place === "lesson") this.#work(lessonDocument(this.#lesson(found.number)), null);
    else if (found.place === "document") this.#work(found.document, found.looked);
    else this.#begin();
    if (found.place === "broken") this.message.problem([say("lab.brokenLink", { part: found.part })]);
  }

  #lesson(number) {
    return this.start.lessons.find((lesson) => lesson.number === number);
  }

  #begin() {
    if (this.isAtWork) this.bench.close();
    this.lesson = null;
    const screen = startScreen(this.start, [this.tools]);
    this.#show(screen, screen);
  }

  #work(document, look) {
    const lesson = document.lesson === null ? null : this.#lesson(document.lesson);
    if (this.isAtWork) this.bench.close();
    this.lesson = lesson && new LessonView(lesson, this.start.lessons, this.message, this.#lessonActions(lesson));
    this.bench.controls.open(lesson ? lesson.controls : null);
    this.bench.want(lesson ? this.#truthAsks(lesson) : []);
    this.state.open(document);
    this.header.tools.replaceChildren(this.tools);
    this.bench.open(look);
    this.side.replaceChildren(this.lesson ? this.lesson.element : this.bench.controls.element);
    this.#arrange(document);
    const focus = this.lesson ? this.lesson.heading : this.bench.focusable;
    this.#show(make("div", { class: "lab" }, [this.header.element, this.body]), focus);
    if (this.lesson) this.#openLesson(document);
    this.writeLink();
  }

  async #openLesson(document) {
    this.flights.begin();
    if (document.revealed) this.lesson.reveal(this.bench.controls.element);
    await this.lesson.open(document.revealed);
    this.flights.end();
    this.#grown();
  }

  #show(screen, focus) {
    const isFirst = !this.screen.hasChildNodes();
    this.screen.replaceChildren(screen);
    window.scrollTo(0, 0);
    if (!isFirst) focus.focus({ preventScroll: true });
    document.title = this.#title();
  }

  #title() {
    if (!this.lesson) return say("lab.title");
    return say("lab.titleOfChapter", { number: this.lesson.lesson.number, title: this.lesson.lesson.title });
  }

  #titleOfFile(document) {
    const names = new Set(document.arms.map((arm) => arm.scenario));
    const scenario = this.start.scenarios.find((one) => names.size === 1 && names.has(one.name));
    return this.lesson || !scenario ? this.#title() : scenario.title;
  }

  #lessonActions(lesson) {
    return {
      flights: this.flights,
      onReveal: () => this.#reveal(),
      onTry: (name, changes) =>
        this.state.addArmNamed(name, { ...lesson.changes, ...changes }) || this.message.problem([say("lab.full")]),
    };
  }

  #truthAsks(lesson) {
    const document = lessonDocument(lesson);
    return document.arms.map((arm) => askOf(arm, document));
  }

  #reveal() {
    this.message.forget();
    this.lesson.reveal(this.bench.controls.element);
    this.state.reveal();
    this.bench.viewer.resize(); // its charts were hidden until now
    this.lesson.heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    this.#play();
  }

  #play() {
    const quarters = Math.max(1, ...[...this.bench.histories.values()].map((history) => history.quarters));
    const { viewer } = this.bench;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      viewer.setQuarter(quarters - 1);
      return;
    }
    viewer.setSpeed(SPEEDS.find((speed) => quarters / speed <= PLAY_SECONDS) ?? SPEEDS[SPEEDS.length - 1]);
    viewer.setQuarter(0);
    viewer.play();
  }

  #grown() {
    if (!this.lesson || !this.state.document.revealed) return;
    this.lesson.grown(this.#truthAsks(this.lesson.lesson).map((ask) => this.bench.gathering.of(ask)));
    if (this.lesson.isWhole) this.bench.want([]);
  }

  #changed(document) {
    this.header.update(document);
    this.#arrange(document);
    if (this.isAtWork) this.writeLink();
  }

  #arrange(document) {
    const isLesson = document.lesson !== null;
    const isReading = isLesson && !document.revealed;
    this.body.classList.toggle("is-lesson", isLesson);
    this.body.classList.toggle("is-reading", isReading);
  }

  #toggleSide() {
    const isOpen = this.body.classList.toggle("is-side-open");
    this.bench.opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.side.focus();
  }

  #writeLink() {
    if (!this.isAtWork) return;
    history.replaceState(null, "", fragmentOf(this.state.document, this.bench.looked));
  }

  async #copyLink() {
    this.#writeLink();
    try {
      await navigator.clipboard.writeText(location.href);
      this.message.notify(say("lab.linkCopied"));
    } catch {
      this.message.notify(say("lab.linkInBar"));
    }
  }
}

async function boot() {
  addTexts(LAB_TEXTS);
  const flights = new Flights();
  const message = new Message();
  window.lab = { idle: () => flights.idle(), timings: [] };
  flights.begin();
  try {
    const start = await askJson("/api/start");
    if (location.search) history.replaceState(null, "", location.pathname + location.hash); // the cookie holds the token now
    const lab = new Lab(start, message, flights);
    const { state, bench } = lab;
    Object.assign(window.lab, { state, viewer: bench.viewer, timings: bench.asking.timings });
  } catch (problem) {
    document.body.append(message.element);
    message.refusal(problem);
  } finally {
    flights.end();
  }
}

boot();
