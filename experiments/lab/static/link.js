// The whole state in the part of the address behind "#": it never leaves the browser.
//   #start   #sandbox   #chapter-4   #lab-1.<the document and what is looked at, as base64url of JSON>

import { checkedDocument } from "./documents.js";

const MARK = "lab-1.";
const MOST_LENGTH = 60000;

function toBase64(text) {
  const bytes = new TextEncoder().encode(text);
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)));
}

// looked: {quarter, selected: [place of the arm, index of the alliance]|null}
export function fragmentOf(document, looked) {
  const arms = document.arms.map(({ id: _, ...arm }) => arm);
  const active = document.arms.findIndex((arm) => arm.id === document.active);
  return `#${MARK}${toBase64(JSON.stringify({ ...document, arms, active, looked }))}`;
}

// quarter: null where the link names none
function checkedLook(looked, arms) {
  const quarter = Number.isInteger(looked?.quarter) && looked.quarter >= 0 ? looked.quarter : null;
  const chosen = looked?.selected;
  const isGood = Array.isArray(chosen) && chosen.every(Number.isInteger) && arms[chosen[0]] && chosen[1] >= 0;
  return { quarter, selected: isGood ? [chosen[0], chosen[1]] : null };
}

// {place: "start"|"sandbox"|"lesson"|"document"|"broken", number?, document?, looked?, part?}
export function readFragment(fragment, start) {
  const text = fragment.replace(/^#/, "");
  if (text === "" || text === "start") return { place: "start" };
  if (text === "sandbox") return { place: "sandbox" };
  const chapter = /^chapter-(\d{1,3})$/.exec(text);
  if (chapter) {
    const number = Number(chapter[1]);
    const isKnown = start.lessons.some((lesson) => lesson.number === number);
    return isKnown ? { place: "lesson", number } : { place: "broken", part: text };
  }
  if (!text.startsWith(MARK) || text.length > MOST_LENGTH) return { place: "broken", part: text.slice(0, 20) };
  try {
    const given = JSON.parse(fromBase64(text.slice(MARK.length)));
    const document = checkedDocument(given, start);
    return { place: "document", document, looked: checkedLook(given.looked, document.arms) };
  } catch (error) {
    const isOurs = error.constructor === Error;
    return { place: "broken", part: isOurs ? error.message : text.slice(0, 20) };
  }
}
