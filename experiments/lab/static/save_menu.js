// Save what is seen: a page that opens anywhere, the numbers, a picture, a film. The server makes the file.

import { askOf } from "./documents.js";
import { button, make } from "./make.js";
import { say } from "./texts.js";
import { postJson } from "./wire.js";

const FORMS = ["html", "csv", "svg", "gif"];

function nameIn(response, form) {
  const found = /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") ?? "");
  return found ? found[1] : `alliance-lab.${form}`;
}

async function download(response, form) {
  const address = URL.createObjectURL(await response.blob());
  const anchor = make("a", { href: address, download: nameIn(response, form) });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

export class SaveMenu {
  // quarterOf() -> the quarter that is looked at; titleOf(document) -> the title of the file
  constructor(state, message, flights, quarterOf, titleOf) {
    Object.assign(this, { state, message, flights, quarterOf, titleOf });
    const buttons = FORMS.map((form) =>
      button(form.toUpperCase(), () => this.#save(form), {
        "data-test": `save-${form}`,
        "aria-label": say(`lab.save.${form}`),
        title: say(`lab.save.${form}`),
      }),
    );
    const label = make("span", { class: "joined-label", id: "save-label", text: say("lab.save") });
    this.element = make("div", { class: "joined", role: "group", "aria-labelledby": "save-label" }, [label, ...buttons]);
  }

  async #save(form) {
    const { document } = this.state;
    const arms = document.arms.map((arm) => ({ name: arm.name, ask: askOf(arm, document) }));
    this.message.notify(say("lab.saving", { form: form.toUpperCase() }));
    this.flights.begin();
    try {
      const state = { arms, quarter: this.quarterOf(), title: this.titleOf(document) };
      await download(await postJson("/api/save", { form, state }), form);
      this.message.notify(say("lab.saved", { form: form.toUpperCase() }));
    } catch (problem) {
      this.message.refusal(problem);
    } finally {
      this.flights.end();
    }
  }
}
