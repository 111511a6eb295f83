// Where the names of firms stand: beside the mark, where they hide least; left out where they would hide another.

// Font of the names. type: size of the page's type, 1 being usual
export function labelFont(type) {
  return `${12 * type}px system-ui, sans-serif`;
}

const SIDES = [[0, 1], [0, -1], [1, 0], [-1, 0]]; // below, above, right, left

// Places of the middles of names: [{x, y} or null], null where there is no room.
//   context: measures text     x, y [N]: of the marks     box: {width, height}     type: see labelFont
export function placeLabels(context, names, x, y, radius, box, type) {
  const high = 13 * type;
  context.font = labelFont(type);
  const taken = Array.from(x, (across, seat) => rectangle(across, y[seat], 2.2 * radius, 2.2 * radius));
  return names.map((name, seat) => {
    const wide = context.measureText(name).width + 2;
    let best = null;
    let least = 0.35 * wide * high; // what may be hidden at most
    for (const [across, down] of SIDES) {
      const at = {
        x: x[seat] + across * (radius * 1.8 + wide / 2 + 2),
        y: y[seat] + down * (radius * 1.8 + high / 2),
      };
      const own = rectangle(at.x, at.y, wide, high);
      const hidden = outside(own, box) + taken.reduce((sum, other, place) => sum + (place === seat ? 0 : overlap(own, other)), 0);
      if (hidden < least) {
        [least, best] = [hidden, at];
      }
    }
    if (best !== null) {
      taken.push(rectangle(best.x, best.y, wide, high));
    }
    return best;
  });
}

function rectangle(x, y, wide, high) {
  return { left: x - wide / 2, right: x + wide / 2, top: y - high / 2, bottom: y + high / 2 };
}

function overlap(a, b) {
  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return wide > 0 && high > 0 ? wide * high : 0;
}

function outside(own, { width, height }) {
  const inside = overlap(own, { left: 0, right: width, top: 0, bottom: height });
  return 4 * ((own.right - own.left) * (own.bottom - own.top) - inside);
}
