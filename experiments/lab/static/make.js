// Elements of the lab's page, made without any markup in strings: text is text, whatever it holds.

export function make(tag, attributes = {}, children = []) {
  return filled(document.createElement(tag), attributes, children);
}

export function drawing(tag, attributes = {}, children = []) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

export function button(text, onclick, attributes = {}) {
  return make("button", { type: "button", text, onclick, ...attributes });
}

export function paragraphs(texts, attributes = {}) {
  return texts.map((text) => make("p", { ...attributes, text }));
}

export function show(element, isShown) {
  element.hidden = !isShown;
}

// The action, run once when nobody has asked for it for so long.
export function once(milliseconds, action) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}

// Without the noise of binary fractions: 0.30000000000000004 is 0.3.
export function rounded(value, digits = 4) {
  return Number(Number(value).toPrecision(digits));
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean" && !name.startsWith("aria-")) element.toggleAttribute(name, value);
    else element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}
