// How long alliances live: Kaplan-Meier curves of all arms on one pair of axes, and how many were at risk.

import { armLook, faded } from "./colours.js";
import { chartKey, chartOptions, dimming, lineOf } from "./chart_parts.js";
import { element } from "./elements.js";
import { kaplanMeier } from "./ensemble.js";
import { lifeTable } from "./history.js";
import { swatch } from "./swatch.js";
import { say } from "./texts.js";

const HEIGHT = 300;
const AGES = 41; // ages drawn: 0 to 10 years [quarters]
const FEW = 10; // alliances of a world: the curve of fewer leaps, and the spread of such curves says nothing
const CLEAR = 2; // arms: among more, curves of single worlds would hide what matters
const RISK = [0, 1, 3, 5, 7, 10]; // ages in the table [years]

export class SurvivalChart {
  constructor() {
    this.paper = element("div", { class: "viewer-chart", test: "survival-chart", role: "img", "aria-label": say("viewer.survival_label") });
    this.table = element("table", { class: "viewer-risk" });
    this.element = element("section", { class: "viewer-section", "aria-label": say("viewer.survival") }, [
      element("h3", { text: say("viewer.survival") }),
      chartKey([
        { kind: "line", text: "viewer.key_curve" },
        { kind: "band", text: "viewer.key_spread" },
        { kind: "thin", text: "viewer.key_world" },
      ]),
      this.paper,
      element("div", { class: "viewer-scroll", tabindex: 0, role: "group", "aria-label": say("viewer.at_risk") }, [this.table]),
      element("p", { class: "viewer-note", text: say("viewer.born_measured") }),
    ]);
    this.plot = null;
    this.look = null;
  }

  setArms() {
    this.look = null;
    this.tableOf = null;
  }

  show(arms) {
    const shown = arms.filter((arm) => arm.history);
    const curves = shown.map((arm) => curveOf(arm, shown.length <= CLEAR));
    this.showTable(shown, curves);
    const width = this.plot ? this.plot.width : this.paper.clientWidth; // measuring again would cost a layout
    if (!width) {
      return;
    }
    const data = [Float64Array.from({ length: AGES }, (_, age) => age / 4), ...curves.flatMap((curve) => curve.columns)];
    const look = shown.map((arm) => arm.position).join(" ");
    this.shown = shown;
    if (this.plot && this.look === look) {
      this.plot.setData(data);
      return;
    }
    this.plot?.destroy();
    this.look = look;
    this.plot = new uPlot(this.options(width), data, this.paper);
  }

  options(width) {
    const steps = uPlot.paths.stepped({ align: 1 });
    const series = [];
    const bands = [];
    this.shown.forEach((arm, row) => {
      const { colour, dash } = armLook(arm.position);
      const pale = (opacity) => () => faded(colour, opacity * dimming(this.shown[row]));
      const place = series.length + 1;
      const edge = () => lineOf("rgba(0,0,0,0)", 0, { paths: steps });
      series.push(edge(), edge(), lineOf(pale(1), 2.6, { paths: steps, dash }), lineOf(colour, 1, { paths: steps, dash }));
      bands.push({ series: [place, place + 1], fill: pale(0.15) });
    });
    const ranges = { x: () => [0, (AGES - 1) / 4], y: () => [0, 100] };
    return chartOptions({ width, height: HEIGHT, xLabel: say("viewer.axis_age"), yLabel: say("viewer.axis_share"), ranges, series, bands });
  }

  resize() {
    const width = this.paper.clientWidth;
    if (this.plot && width && this.plot.width !== width) {
      this.plot.setSize({ width, height: HEIGHT });
    }
  }

  showTable(arms, curves) {
    const rows = arms.map((arm, place) => {
      const { atRisk, worlds } = curves[place];
      return [arm.name, worlds, ...RISK.map((years) => (atRisk[4 * years] ?? 0).toLocaleString("en-GB"))];
    });
    const look = arms.map((arm) => arm.position).join(" ");
    if (look !== this.tableOf) {
      this.tableOf = look;
      this.makeTable(arms);
    }
    rows.forEach((texts, row) => texts.forEach((text, column) => {
      this.cells[row][column].textContent = text;
    }));
  }

  makeTable(arms) {
    const head = element("tr", {}, [
      element("th", { scope: "col", text: say("viewer.filter_arm") }),
      element("th", { scope: "col", text: say("viewer.risk_worlds") }),
      ...RISK.map((years) => element("th", { scope: "col", text: String(years) })),
    ]);
    this.cells = arms.map(() => [element("span"), element("td"), ...RISK.map(() => element("td"))]);
    const rows = arms.map((arm, place) => {
      const [name, ...cells] = this.cells[place];
      return element("tr", {}, [element("th", { scope: "row" }, [swatch(arm.position), name]), ...cells]);
    });
    this.table.replaceChildren(
      element("caption", { text: say("viewer.at_risk") }),
      element("thead", {}, [head]),
      element("tbody", {}, rows),
    );
  }
}

// Of one arm: {columns: [high90, low90, all worlds, the world played], atRisk [ages], worlds}
//   all: draw the world played also where the curve of all worlds tells more
function curveOf(arm, all) {
  const own = lifeTable(arm.history, AGES);
  const played = cut(kaplanMeier(own.atRisk, own.deaths));
  if (!arm.ensemble?.worlds) {
    const blank = new Array(AGES).fill(null);
    return { columns: [blank, blank, blank, played], atRisk: own.atRisk, worlds: 1 };
  }
  const curve = arm.ensemble.curve();
  const spread = curve.atRisk[0] < FEW * curve.worlds ? { high90: [], low90: [] } : curve;
  const columns = [spread.high90, spread.low90, curve.survival].map(cut);
  const single = all || arm.stale ? played : new Array(AGES).fill(null);
  return { columns: [...columns, single], atRisk: curve.atRisk, worlds: curve.worlds };
}

// To of 100, null where unknown.
function cut(shares) {
  return Array.from({ length: AGES }, (_, age) => (shares[age] >= 0 ? 100 * shares[age] : null));
}

