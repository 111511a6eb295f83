// The page that opens from disk: unpacks the worlds that it holds and shows them.

import { openWorlds } from "./offline_viewer.js";
import { addTexts, say } from "./texts.js";

addTexts({
  "offline.open": "Open its story",
  "offline.open_label": "Open its story: {what}",
  "offline.cannot_open": "The worlds in this file cannot be played here: {why}. A browser of 2023 or later should do it.",
});

// base64 of gzip of JSON -> the value.
async function unzipped(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// A button at each sentence of the page that tells of an alliance: it opens its story, at the quarter in which it ended.
function addButtons(viewer, root) {
  for (const told of document.querySelectorAll("[data-alliance]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "open";
    button.textContent = say("offline.open");
    button.setAttribute("aria-label", say("offline.open_label", { what: told.textContent.split(/[,.] /)[0] }));
    button.addEventListener("click", () => {
      root.scrollIntoView({ block: "start" });
      viewer.setQuarter(Number(told.dataset.quarter));
      viewer.select(told.dataset.arm, Number(told.dataset.alliance));
    });
    told.append(button);
  }
}

async function open(data) {
  const { into, quarter, worlds } = JSON.parse(data.textContent);
  const root = document.getElementById(into);
  try {
    const viewer = await openWorlds(root, await unzipped(worlds));
    viewer.setQuarter(quarter);
    addButtons(viewer, root);
    root.dataset.ready = "true";
  } catch (error) {
    const told = document.createElement("p");
    told.textContent = say("offline.cannot_open", { why: error.message });
    root.replaceChildren(told);
  }
}

const data = globalThis.document?.getElementById("worlds");
if (data) {
  open(data);
}
