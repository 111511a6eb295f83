// Making elements and sizing canvases, the way everything here does it.

const MOST_PIXELS = 2; // device pixels per CSS pixel that are worth painting
const SVG = "http://www.w3.org/2000/svg";

// An HTML element. options: attributes, and `text` (its text) and `test` (its data-test).
export function element(tag, options = {}, children = []) {
  return filled(document.createElement(tag), options, children);
}

// An SVG element, likewise.
export function drawing(tag, options = {}, children = []) {
  return filled(document.createElementNS(SVG, tag), options, children);
}

// A button that calls back when pressed.
export function button(options, onPress) {
  const made = element("button", { type: "button", ...options });
  made.addEventListener("click", onPress);
  return made;
}

// Makes a canvas as large as its box, which empties it if that changed. Returns {width, height, scale} in CSS pixels and
// device pixels per CSS pixel; null while the box has no size.
export function fitCanvas(canvas) {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (!width || !height) {
    return null;
  }
  const scale = Math.min(MOST_PIXELS, window.devicePixelRatio || 1);
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  return { width, height, scale };
}

// How large the type of the page is, 1 being usual: what is painted grows with it, as on a projector.
export function typeScale() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
}

// Whether the reader has asked for less movement.
export function wantsStillness() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function filled(made, options, children) {
  for (const [name, value] of Object.entries(options)) {
    if (name === "text") {
      made.textContent = value;
    } else if (name === "test") {
      made.setAttribute("data-test", value);
    } else if (value !== undefined && value !== null && value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...children);
  return made;
}
