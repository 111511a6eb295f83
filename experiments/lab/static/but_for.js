// What would have saved it: the same luck with one thing changed, best first. A word and a sign say what a colour would.

import { button, element } from "./elements.js";
import { say, sayCount } from "./texts.js";
import { spanOf } from "./tips.js";

// entries: `but_for` of an autopsy     onShow(entry): called by "Show this world"; without it there is no such button
export function butForList(entries, onShow) {
  if (entries.length === 0) {
    return element("p", { text: say("viewer.no_but_for") });
  }
  const saved = entries.filter((entry) => entry.gained > 0);
  const rest = entries.filter((entry) => entry.gained <= 0);
  const parts = saved.length > 0 ? [listOf(saved, onShow)] : [element("p", { text: say("viewer.none_saved") })];
  if (rest.length > 0) {
    const summary = element("summary", { text: sayCount("viewer.tried", rest.length) });
    parts.push(element("details", { class: "viewer-tried", test: "but-for-tried", open: saved.length === 0 }, [summary, listOf(rest, onShow)]));
  }
  return element("div", { test: "but-for" }, [element("p", { class: "viewer-note", text: say("viewer.but_for_note") }), ...parts]);
}

function listOf(entries, onShow) {
  return element("ol", { class: "viewer-but-for" }, entries.map((entry) => itemOf(entry, onShow)));
}

function itemOf(entry, onShow) {
  const fate = entry.gained > 0 ? "saved" : entry.gained < 0 ? "lost" : "same";
  const sign = { saved: "▲", lost: "▼", same: "=" }[fate];
  const change = element("strong", { text: entry.change });
  const word = element("span", { class: "viewer-fate-word", text: wordOf(entry, fate) });
  const parts = [
    element("p", {}, [element("span", { class: "viewer-sign", "aria-hidden": "true", text: `${sign} ` }), change, " ", word]),
    element("p", { text: entry.text }),
  ];
  if (onShow) {
    const label = say("viewer.show_world_label", { change: entry.change });
    parts.push(button({ class: "viewer-show", text: say("viewer.show_world"), "aria-label": label, test: "but-for-show" }, () => onShow(entry)));
  }
  parts.push(...detailsOf(entry));
  return element("li", { class: `viewer-fate-${fate}` }, parts);
}

function detailsOf(entry) {
  const parting = entry.parting ? [element("p", { text: entry.parting })] : [];
  const code = element("pre", { tabindex: 0 }, [element("code", { text: entry.toml })]);
  const parts = [...parting, ...(entry.toml ? [element("p", { text: say("viewer.reproduce") }), code] : [])];
  return parts.length > 0 ? [element("details", {}, [element("summary", { text: say("viewer.why") }), ...parts])] : [];
}

function wordOf(entry, fate) {
  if (fate === "same") {
    return say("viewer.same");
  }
  const more = say(`viewer.gained_${fate === "saved" ? "more" : "less"}`, { span: spanOf(Math.abs(entry.gained)) });
  return `${say(`viewer.${fate}`)}: ${more}`;
}
