// The viewer as a widget of a notebook: anywidget calls `render` for every cell that shows it.

import { openWorlds } from "./offline_viewer.js";
import { addTexts, say } from "./texts.js";

addTexts({ "notebook.cannot_open": "The worlds cannot be played here: {why}." });

export async function render({ model, el }) {
  const root = document.createElement("div");
  el.replaceChildren(root);
  try {
    await openWorlds(root, model.get("worlds"));
    root.dataset.ready = "true";
  } catch (error) {
    root.textContent = say("notebook.cannot_open", { why: error.message });
  }
}
