// Colours that everyone can tell apart (Okabe & Ito 2008), and a shape beside every colour.

export const INK = "#1A1A1A";
export const MUTED = "#5A5A5A";
export const CASING = "#2B2B2B";
export const VERMILION = "#D55E00";
export const ALARM = "#B33A00"; // a darker vermilion: 4.5:1 and more on white, for text and thin marks
export const BLUE = "#0072B2";

const ARM_COLOURS = ["#1A1A1A", "#0072B2", "#D55E00", "#009E73"];
const ARM_SHAPES = ["circle", "square", "triangle", "diamond"];
const ARM_DASHES = [[], [8, 3], [3, 3], [8, 3, 2, 3]]; // beside the colour: lines of one chart are told apart without it

// Of strategies, in the order of experiments/figures/network.py.
const LOOKS = [
  { shape: "circle", colour: "#56B4E9" },
  { shape: "square", colour: "#D55E00" },
  { shape: "triangle", colour: "#009E73" },
  { shape: "diamond", colour: "#CC79A7" },
  { shape: "cross", colour: "#E69F00" },
  { shape: "plus", colour: "#0072B2" },
  { shape: "wedge", colour: "#F0E442" },
  { shape: "pentagon", colour: "#FFFFFF" },
];
const KNOWN = ["reciprocator", "hoarder", "sharer", "learning_racer", "opportunist", "loyalist"];

// cividis at the middle of 16 equal steps, as matplotlib has it.
const CIVIDIS = [
  "#00285b", "#053371", "#273e6e", "#3b496c", "#4b546c", "#5a5f6e", "#686a71", "#767676",
  "#848279", "#938e78", "#a39a74", "#b4a76f", "#c4b468", "#d5c25e", "#e7d150", "#f9e03a",
];

// Colour of a share of full trust, 0..1.
export function cividis(share) {
  return CIVIDIS[Math.max(0, Math.min(15, Math.floor(share * 16)))];
}

// Colour, shape and dashes of the arm at a position; the base arm is 0.
export function armLook(position) {
  const at = position % ARM_COLOURS.length;
  return { colour: ARM_COLOURS[at], shape: ARM_SHAPES[at], dash: ARM_DASHES[at] };
}

// Shape and colour per strategy: the built-in ones keep theirs in every picture.
export function strategyLooks(names) {
  const looks = new Map();
  const own = names.filter((name) => !KNOWN.includes(name)).sort();
  const free = own.length === names.length ? LOOKS : LOOKS.slice(KNOWN.length);
  for (const name of names) {
    const known = KNOWN.indexOf(name);
    looks.set(name, known >= 0 ? LOOKS[known] : free[own.indexOf(name) % free.length]);
  }
  return looks;
}

// A colour mixed with white: share 0 leaves it, 1 gives white.
export function paler(hex, share) {
  const mixed = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16);
    return Math.round(part + (255 - part) * share);
  });
  return `rgb(${mixed.join(",")})`;
}

// A colour with an opacity, 0..1.
export function faded(hex, opacity) {
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${parts.join(",")},${opacity})`;
}
