// Your own network: a CSV, read in the browser and sent as text. The arms then run on it.

import { make } from "./make.js";
import { say } from "./texts.js";
import { postText } from "./wire.js";

const MOST_BYTES = 256 * 1024;
const MOST_PROBLEMS = 5;

// What is wrong, each with its line and the row, and without the mark below it that only a terminal can place.
function inLines(problems) {
  const listed = problems.slice(0, MOST_PROBLEMS).map((problem) => {
    const [what, row] = problem.replace(/^the file:(\d+)/, (_, line) => say("lab.line", { line })).split("\n");
    return row ? `${what}\n${row.trim()}` : what;
  });
  const more = problems.length - listed.length;
  return more > 0 ? [...listed, say("lab.moreProblems", { more })] : listed;
}

export class NetworkLoader {
  constructor(state, message, flights) {
    Object.assign(this, { state, message, flights });
    this.input = make("input", {
      type: "file",
      accept: ".csv,text/csv,text/plain",
      class: "visually-hidden",
      "data-test": "load-csv",
      onchange: () => this.#chosen(),
    });
    this.element = make("label", { class: "button file", title: say("lab.loadHint") }, [this.input, say("lab.load")]);
    this.#acceptDrops();
  }

  #chosen() {
    const [file] = this.input.files;
    this.input.value = ""; // the same file may be chosen again after it was mended
    if (file) this.load(file);
  }

  async load(file) {
    if (file.size > MOST_BYTES) {
      this.message.problem([say("lab.tooLarge", { name: file.name, size: Math.ceil(file.size / 1024) })]);
      return;
    }
    this.flights.begin();
    try {
      const { digest, firms, ties } = await postText("/api/network", await file.text(), "text/csv");
      this.message.clear();
      this.message.notify(say("lab.loaded", { name: file.name, firms, ties }));
      this.state.setNetwork({ digest, name: file.name, firms, ties });
    } catch (problem) {
      if (!problem.problems) throw problem;
      this.message.problem([say("lab.notLoaded", { name: file.name }), ...inLines(problem.problems)]);
    } finally {
      this.flights.end();
    }
  }

  #acceptDrops() {
    const isFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const mark = (isOver) => document.body.classList.toggle("is-dropping", isOver);
    document.addEventListener("dragover", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      mark(true);
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
    document.addEventListener("drop", (event) => {
      mark(false);
      if (!isFile(event)) return;
      event.preventDefault();
      if (this.state.document.lesson === null && event.dataTransfer.files.length) this.load(event.dataTransfer.files[0]);
    });
  }
}
