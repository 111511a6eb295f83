// The reveal: what the class said, what the worlds say, and everyone's bets among them. Grows while worlds come in.

import { betChart } from "./bet_chart.js";
import { make, rounded } from "./make.js";
import { WORLDS } from "./gathering.js";
import { say } from "./texts.js";
import { classOf, truthOf } from "./truth.js";

function digits(value, step) {
  // As fine as bets are, but never coarser than a tenth of what was bet.
  const places = Math.max(0, Math.min(3, Math.ceil(-Math.log10(step))));
  return rounded(value.toFixed(places), 6).toLocaleString("en-GB");
}

function classSentence(lesson, bets, truth) {
  const { said, least, most, closest } = classOf(bets, truth.middle);
  const { step, unit } = lesson.bet;
  const text = (value) => digits(value, step);
  const values = { said: text(said), least: text(least), most: text(most), unit, bets: bets.length };
  const saidText = say(bets.length > 1 ? "lab.classSaid" : "lab.oneSaid", { ...values, name: bets[0].name });
  const near = bets.length > 1 ? say("lab.closest", { names: closest.slice(0, 5).join(", ") }) : "";
  return { saidText, near };
}

function truthSentences(lesson, bets, truth) {
  const { step, unit, of } = lesson.bet;
  const text = (value) => digits(value, step);
  const values = { worlds: truth.worlds, value: text(truth.middle), low: text(truth.low), high: text(truth.high), unit };
  const is = say(of === "better" ? "lab.truthBetter" : "lab.truthIs", values);
  const sentences = [];
  const { saidText, near } = bets.length ? classSentence(lesson, bets, truth) : { saidText: "", near: "" };
  const main = `${saidText} ${is}`.trim();
  sentences.push(main.charAt(0).toUpperCase() + main.slice(1), near);
  if (truth.values) sentences.push(say("lab.truthSpread", { from: text(truth.from), to: text(truth.to), unit }));
  if (truth.undefined) sentences.push(say("lab.truthUndefined", { count: truth.undefined }));
  return sentences.filter(Boolean);
}

// All bets, those nearest to the truth first.
function ledgerOf(lesson, bets, truth) {
  const { step, unit } = lesson.bet;
  const missed = (one) => Math.abs(one.bet - truth.middle);
  const sorted = [...bets].sort((a, b) => missed(a) - missed(b));
  const text = ({ name, bet }) => say("lab.betOf", { name, bet: digits(bet, step), unit });
  const rows = sorted.map((one) => make("li", { text: text(one) }));
  return make("details", { class: "truth-ledger", "data-test": "ledger" }, [
    make("summary", { text: say("lab.allBets", { count: bets.length }) }),
    make("ol", {}, rows),
  ]);
}

export class TruthView {
  constructor(lesson, ledger, onWhole) {
    Object.assign(this, { lesson, ledger, onWhole, isWhole: false });
    this.progress = make("p", { class: "hint", role: "status", text: say("lab.worldsComing") });
    this.chart = make("div", { class: "truth-chart" });
    this.sentences = make("div", { class: "truth-sentences", "data-test": "truth", "aria-live": "polite" });
    const parts = [this.sentences, this.chart, this.progress];
    this.element = make("section", { class: "truth", "aria-label": say("lab.truth") }, parts);
  }

  // ensembles: one per arm of the lesson, null while there are no worlds
  update(ensembles) {
    if (ensembles.some((one) => !one) || this.isWhole) return;
    const truth = truthOf(this.lesson, ensembles);
    const { bet } = this.lesson;
    const worlds = Math.min(...ensembles.map((one) => one.worlds));
    this.progress.textContent = worlds < WORLDS ? say("lab.worldsOf", { worlds, all: WORLDS }) : say(bet.of === "better" ? "lab.chartHowCount" : "lab.chartHow");
    if (truth) this.chart.replaceChildren(betChart(truth, bet, this.ledger.bets, digits(truth.middle, bet.step)));
    if (worlds < WORLDS) return;
    this.isWhole = true;
    const texts = truth ? truthSentences(this.lesson, this.ledger.bets, truth) : [say("lab.truthNone")];
    this.sentences.replaceChildren(...texts.map((text, place) => make("p", { text, class: place ? "" : "truth-main" })));
    if (truth && this.ledger.bets.length) this.element.append(ledgerOf(this.lesson, this.ledger.bets, truth));
    this.onWhole();
  }
}
