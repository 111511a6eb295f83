// The first thing a person sees: the chapters, and the sandbox last.

import { make } from "./make.js";
import { say } from "./texts.js";

function card(href, number, title, idea, foot, hook) {
  return make("li", {}, [
    make("a", { href, class: "card", "data-test": hook }, [
      make("span", { class: "card-number", text: number }),
      make("strong", { class: "card-title", text: title }),
      make("span", { class: "card-idea", text: idea }),
      make("span", { class: "card-foot", text: foot }),
    ]),
  ]);
}

export function startScreen(start, tools) {
  const chapters = start.lessons.map((lesson) => {
    const minutes = say("lab.minutes", { minutes: lesson.minutes });
    return card(`#chapter-${lesson.number}`, String(lesson.number), lesson.title, lesson.idea, minutes, "chapter");
  });
  const sandbox = card("#sandbox", "+", say("lab.sandbox"), say("lab.sandboxIdea"), say("lab.sandboxFoot"), "sandbox");
  sandbox.firstChild.classList.add("card-sandbox");
  return make("main", { class: "start", "data-test": "start", tabindex: -1 }, [
    make("div", { class: "start-head" }, [
      make("h1", { text: say("lab.title") }),
      ...tools,
      make("p", { class: "start-lead", text: say("lab.lead") }),
    ]),
    make("ul", { class: "cards", role: "list", "data-test": "lessons", "aria-label": say("lab.chapters") }, [...chapters, sandbox]),
    make("p", { class: "hint start-foot", text: `${say("lab.thinking")} ${say("lab.version", { version: start.version })}` }),
  ]);
}
