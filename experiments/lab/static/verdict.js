// The answer in a sentence, from the paired ensembles: which arm keeps more alliances, in how many worlds, and how sure.

import { askOf, keyOf, sameValue } from "./documents.js";
import { make } from "./make.js";
import { compare } from "./ensemble.js";
import { percent, quantile, signTest } from "./numbers.js";
import { say } from "./texts.js";
import { WORLDS } from "./gathering.js";

const OUTCOME = "survival_5y";
const FIVE_YEARS = 20; // quarters
const ENOUGH = 20; // worlds, before the lab says which arm is better
const DOUBT = 0.05; // of the sign test

function survival(ensemble) {
  return ensemble.curve().survival[FIVE_YEARS];
}

// A name that is a phrase stands in quotation marks, so that the sentence around it can be read.
function named(name) {
  return name.length > 2 ? `“${name}”` : name;
}

function progress(worlds) {
  return worlds < WORLDS ? say("lab.worldsSoFar", { worlds }) : "";
}

function alone(ensemble) {
  const values = [...ensemble.outcome(OUTCOME).values()].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const all = survival(ensemble);
  if (!values.length || all === undefined || Number.isNaN(all)) return say("lab.noFiveYears");
  const shown = { share: percent(all), worlds: ensemble.worlds };
  if (values.length < ENOUGH) return say("lab.verdictAloneFew", shown);
  const range = { low: percent(quantile(values, 0.05)), high: percent(quantile(values, 0.95)) };
  return [say("lab.verdictAlone", { ...shown, ...range }), progress(ensemble.worlds)].join(" ").trim();
}

function pair(first, second) {
  const { better, worse, same, worlds } = compare(first.ensemble, second.ensemble, OUTCOME);
  const shares = [survival(first.ensemble), survival(second.ensemble)];
  if (!worlds || shares.some((share) => share === undefined || Number.isNaN(share))) return say("lab.noFiveYears");
  const [from, to] = shares.map(percent);
  const values = { base: named(first.name), name: named(second.name), better, worse, same, worlds, from, to };
  if (worlds < ENOUGH) return say("lab.verdictFew", values);
  const isClear = signTest(better, worse) < DOUBT;
  const key = !isClear ? "lab.verdictTie" : better > worse ? "lab.verdictBetter" : "lab.verdictWorse";
  const isOfOneWorld = !sameValue(first.arm.interventions, second.arm.interventions);
  const caution = isOfOneWorld ? say("lab.verdictOneWorld", values) : "";
  return [say(key, values), progress(worlds), caution].filter(Boolean).join(" ");
}

function sameSentence(names) {
  const listed = say("lab.and", { first: names.slice(0, -1).join(", "), last: names[names.length - 1] });
  return say("lab.verdictSame", { names: listed });
}

// Sentences about a document; ensembleOf(arm) -> Ensemble|null.
function verdicts(document, ensembleOf) {
  const arms = document.arms.map((arm) => ({ name: arm.name, arm, ensemble: ensembleOf(arm), key: keyOf(askOf(arm, document)) }));
  const [first, ...others] = arms;
  if (!first.ensemble) return [say("lab.verdictWait")];
  if (!others.length) return [alone(first.ensemble)];
  const same = others.filter((other) => other.key === first.key).map((other) => named(other.name));
  const told = others.filter((other) => other.key !== first.key).map((other) => {
    return other.ensemble ? pair(first, other) : say("lab.verdictWaitFor", { name: named(other.name) });
  });
  return same.length ? [...told, sameSentence([named(first.name), ...same])] : told;
}

export class Verdict {
  constructor(ensembleOf) {
    this.ensembleOf = ensembleOf;
    this.element = make("div", { class: "verdict", "data-test": "verdict", role: "status", "aria-label": say("lab.verdict") });
  }

  update(document) {
    const texts = verdicts(document, this.ensembleOf);
    const shown = texts.join("\n");
    if (shown === this.shown) return;
    this.shown = shown;
    this.element.replaceChildren(...texts.map((text) => make("p", { text })));
  }
}
