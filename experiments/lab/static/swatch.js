// The mark by which an arm is known everywhere: its shape in its colour.

import { armLook } from "./colours.js";
import { drawing } from "./elements.js";
import { outlineOf } from "./marks.js";

export function swatch(position) {
  const { colour, shape } = armLook(position);
  const mark = drawing("path", { d: outlineOf(shape, 7, 7, 5.2), fill: colour });
  return drawing("svg", { class: "viewer-swatch", viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" }, [mark]);
}
