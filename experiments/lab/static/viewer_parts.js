// The parts of the viewer, and how they stand on the page.

import { Autopsy } from "./autopsy.js";
import { element } from "./elements.js";
import { EndedList } from "./ended_list.js";
import { Legend } from "./legend.js";
import { LivingCharts } from "./living_chart.js";
import { Player } from "./player.js";
import { Strip } from "./strip.js";
import { Summary } from "./summary.js";
import { SurvivalChart } from "./survival_chart.js";
import { say } from "./texts.js";

// root: an empty element     asks: what the parts ask for: {onToggle, onQuarter, onStep, onSpeed, onMeasure, onChoose,
// onTelling, onClose, onButFor}
export function makeParts(root, asks) {
  const parts = {
    legend: new Legend(),
    grid: element("div", { class: "viewer-grid" }),
    player: new Player(asks),
    strip: new Strip(asks.onQuarter),
    living: new LivingCharts(asks.onMeasure),
    survival: new SurvivalChart(),
    list: new EndedList(asks),
    autopsy: new Autopsy(asks),
    summary: new Summary(),
  };
  root.classList.add("viewer");
  root.replaceChildren(...arranged(parts));
  return parts;
}

function arranged({ legend, grid, player, strip, summary, living, survival, list, autopsy }) {
  const happened = element("section", { "aria-label": say("viewer.strip") }, [
    element("div", { class: "viewer-timeline" }, [player.scrub, strip.element]),
    strip.note,
    element("p", { class: "viewer-note", text: say("viewer.keys") }),
  ]);
  const foot = element("div", { class: "viewer-foot" }, [survival.element, list.element]);
  return [legend.element, grid, player.element, happened, summary.element, living.element, foot, autopsy.element];
}
