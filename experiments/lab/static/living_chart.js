// Living alliances, or mean trust, over the years: one chart per arm with the same axes; the band of other worlds behind.

import { armLook, faded } from "./colours.js";
import { addCursor, chartKey, chartOptions, dimming, lineOf } from "./chart_parts.js";
import { button, element } from "./elements.js";
import { say } from "./texts.js";
import { swatch } from "./swatch.js";

const HEIGHT = 210;
const MEASURES = ["living", "trust"];
const RECORDS = { living: "living", trust: "mean_trust" };

// onMeasure(measure) is called when the reader asks for the other one.
export class LivingCharts {
  constructor(onMeasure) {
    this.buttons = MEASURES.map((measure) => {
      const options = { class: "viewer-choice", text: say(`viewer.measure_${measure}`), "data-measure": measure };
      return button(options, () => onMeasure(measure));
    });
    this.grid = element("div", { class: "viewer-grid", test: "living-chart" });
    const head = element("div", { class: "viewer-head" }, [
      element("h3", { text: say("viewer.living") }),
      element("div", { role: "group", class: "viewer-choices", "aria-label": say("viewer.measure") }, this.buttons),
    ]);
    const key = chartKey([
      { kind: "line", text: "viewer.key_played" },
      { kind: "fan", text: "viewer.key_fan" },
      { kind: "thin", text: "viewer.key_runs" },
    ]);
    this.element = element("section", { class: "viewer-section", "aria-label": say("viewer.living") }, [head, key, this.grid]);
    this.charts = [];
    this.years = 1;
    this.top = 1;
  }

  // New arms: charts are built anew, at their first data.
  setArms(arms) {
    this.charts.forEach((chart) => chart.plot?.destroy());
    this.charts = arms.map((arm) => this.chartOf(arm));
    this.grid.replaceChildren(...this.charts.map((chart) => chart.element));
    this.grid.dataset.count = String(arms.length);
  }

  show(arms, measure, quarters) {
    this.buttons.forEach((choice) => choice.setAttribute("aria-pressed", String(choice.dataset.measure === measure)));
    this.years = Math.max(1, quarters) / 4;
    this.top = measure === "trust" ? 1 : topOf(arms);
    this.measure = measure;
    arms.forEach((arm, place) => this.showArm(this.charts[place], arm, measure));
  }

  setQuarter(quarter) {
    this.quarter = quarter;
    this.charts.forEach((chart) => chart.setCursor?.(quarter / 4));
  }

  resize() {
    for (const chart of this.charts) {
      const width = chart.paper.clientWidth;
      if (chart.plot && width && chart.plot.width !== width) {
        chart.plot.setSize({ width, height: HEIGHT });
        chart.setCursor((this.quarter ?? 0) / 4);
      }
    }
  }

  chartOf(arm) {
    const paper = element("div", { class: "viewer-chart" });
    const note = element("span", { class: "viewer-note" });
    const head = element("p", { class: "viewer-chart-name" }, [swatch(arm.position), note]);
    return { paper, note, element: element("figure", {}, [head, paper]), plot: null, setCursor: null };
  }

  showArm(chart, arm, measure) {
    chart.note.textContent = noteOf(arm);
    const width = chart.plot ? chart.plot.width : chart.paper.clientWidth; // measuring again would cost a layout
    if (!arm.history || !width) {
      return;
    }
    const data = dataOf(arm, measure);
    const label = say(`viewer.axis_${measure}`);
    chart.paper.setAttribute("role", "img");
    chart.paper.setAttribute("aria-label", say("viewer.living_label", { name: arm.name, measure: label }));
    chart.arm = arm;
    if (chart.plot && chart.measure === measure) {
      chart.plot.setData(data);
    } else {
      chart.plot?.destroy();
      chart.measure = measure;
      chart.plot = new uPlot(this.optionsOf(chart, width, label), data, chart.paper);
      chart.setCursor = addCursor(chart.plot);
    }
    chart.setCursor((this.quarter ?? 0) / 4);
  }

  optionsOf(chart, width, yLabel) {
    const { colour } = armLook(chart.arm.position);
    const pale = (opacity) => () => faded(colour, opacity * dimming(chart.arm));
    const edge = () => lineOf("rgba(0,0,0,0)", 0);
    return chartOptions({
      width,
      height: HEIGHT,
      xLabel: say("viewer.axis_run"),
      yLabel,
      ranges: { x: () => [0, this.years], y: () => [0, this.top] },
      series: [edge(), edge(), edge(), edge(), ...[0, 1, 2].map(() => lineOf(pale(0.55), 1)), lineOf(colour, 2.6)],
      bands: [
        { series: [1, 2], fill: pale(0.13) },
        { series: [3, 4], fill: pale(0.2) },
      ],
    });
  }
}

function noteOf(arm) {
  const count = arm.ensemble ? arm.ensemble.worlds : 0;
  const key = count === 0 ? "viewer.no_worlds" : arm.stale ? "viewer.old_worlds" : "viewer.worlds";
  return say(key, { name: arm.name, count });
}

// Columns: years, edges of both bands, three other worlds, the world that is played.
function dataOf(arm, measure) {
  const { history, ensemble } = arm;
  const quarters = Math.max(history.quarters, ensemble?.worlds ? ensemble.quarters : 0);
  const blank = new Array(quarters).fill(null);
  const years = Float64Array.from({ length: quarters }, (_, quarter) => quarter / 4);
  const played = pad(history.series(RECORDS[measure]), quarters);
  if (!ensemble?.worlds) {
    return [years, blank, blank, blank, blank, blank, blank, blank, played];
  }
  const band = ensemble.band(measure);
  const edges = [band.high90, band.low90, band.high50, band.low50].map((edge) => pad(edge, quarters));
  const runs = ensemble.runs(measure, history.header.world);
  return [years, ...edges, ...[0, 1, 2].map((place) => (runs[place] ? pad(runs[place], quarters) : blank)), played];
}

function pad(values, length) {
  return values.length === length ? values : Array.from({ length }, (_, place) => values[place] ?? null);
}

function topOf(arms) {
  let top = 1;
  for (const { history, ensemble } of arms) {
    for (const values of [history?.series("living"), ensemble?.worlds ? ensemble.band("living").high90 : null]) {
      top = (values ?? []).reduce((most, value) => Math.max(most, value), top);
    }
  }
  return top * 1.08;
}
