// Where the firms stand: one layout per graph, the same over time and over arms.

const ROUNDS = 160;
const GRAVITY = 0.055;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

// Places of firms {x [N], y [N]}, each 0..1: those allied for long stand near each other, the well connected in the middle.
//   firms: how many     history: whose ties pull, each as strongly as the square root of the quarters that it lived
// Deterministic: a spiral by seat, then Fruchterman & Reingold's forces, cooling.
export function placeFirms(firms, history) {
  const x = new Float64Array(firms);
  const y = new Float64Array(firms);
  for (let seat = 0; seat < firms; seat += 1) {
    const radius = Math.sqrt((seat + 0.5) / firms);
    x[seat] = radius * Math.cos(seat * GOLDEN);
    y[seat] = radius * Math.sin(seat * GOLDEN);
  }
  const ties = pullsOf(firms, history);
  relax(x, y, ties);
  fillSquare(x, y);
  even(x);
  even(y);
  spread(x, y);
  fillSquare(x, y);
  return { x, y };
}

// Strength of the tie of each pair that ever was allied: {first, second, pull}, the mean pull of a firm's ties being 1/degree.
function pullsOf(firms, history) {
  const lived = new Map();
  const total = new Float64Array(firms);
  for (let index = 0; index < history.alliances; index += 1) {
    const [a, b] = [history.first[index], history.second[index]];
    if (a < firms && b < firms) {
      const quarters = Math.min(history.ended[index], history.quarters) - history.formed[index] + 1;
      lived.set(a * firms + b, (lived.get(a * firms + b) ?? 0) + quarters);
    }
  }
  const keys = [...lived.keys()].sort((left, right) => left - right); // not the order of events, so that equal graphs look equal
  const strength = keys.map((key) => Math.sqrt(lived.get(key)));
  keys.forEach((key, place) => {
    total[Math.floor(key / firms)] += strength[place];
    total[key % firms] += strength[place];
  });
  return {
    first: Uint32Array.from(keys, (key) => Math.floor(key / firms)),
    second: Uint32Array.from(keys, (key) => key % firms),
    pull: Float64Array.from(keys, (key, place) => {
      return (4 * strength[place]) / Math.sqrt(total[Math.floor(key / firms)] * total[key % firms]);
    }),
  };
}

function relax(x, y, ties) {
  const firms = x.length;
  const space = 1.6 / Math.sqrt(firms);
  const dx = new Float64Array(firms);
  const dy = new Float64Array(firms);
  for (let round = 0; round < ROUNDS; round += 1) {
    const most = 0.12 * (1 - round / ROUNDS) ** 1.5 + 0.001;
    for (let seat = 0; seat < firms; seat += 1) {
      dx[seat] = -GRAVITY * x[seat];
      dy[seat] = -GRAVITY * y[seat];
    }
    push(x, y, dx, dy, space * space);
    for (let row = 0; row < ties.pull.length; row += 1) {
      const [a, b] = [ties.first[row], ties.second[row]];
      const [ex, ey] = [x[b] - x[a], y[b] - y[a]];
      const force = (ties.pull[row] * Math.hypot(ex, ey)) / space / 4;
      dx[a] += ex * force;
      dy[a] += ey * force;
      dx[b] -= ex * force;
      dy[b] -= ey * force;
    }
    for (let seat = 0; seat < firms; seat += 1) {
      const length = Math.hypot(dx[seat], dy[seat]) || 1;
      const step = Math.min(length, most) / length;
      x[seat] += dx[seat] * step;
      y[seat] += dy[seat] * step;
    }
  }
}

function push(x, y, dx, dy, strength) {
  const firms = x.length;
  for (let a = 0; a < firms; a += 1) {
    for (let b = a + 1; b < firms; b += 1) {
      const ex = x[b] - x[a];
      const ey = y[b] - y[a];
      const force = strength / (ex * ex + ey * ey + 1e-6);
      dx[a] -= ex * force;
      dy[a] -= ey * force;
      dx[b] += ex * force;
      dy[b] += ey * force;
    }
  }
}

// The disk of places, stretched to a square with room at its edges.
function fillSquare(x, y) {
  for (const axis of [x, y]) {
    const low = Math.min(...axis);
    const span = Math.max(...axis) - low || 1;
    for (let seat = 0; seat < axis.length; seat += 1) {
      axis[seat] = axis.length === 1 ? 0.5 : (axis[seat] - low) / span;
    }
  }
}

// Halfway from where firms stand to equal steps in the same order: the crowd in the middle thins, the corners fill.
function even(axis) {
  const order = Array.from(axis.keys()).sort((a, b) => axis[a] - axis[b]);
  order.forEach((seat, rank) => {
    axis[seat] = 0.5 * axis[seat] + (0.5 * (rank + 0.5)) / axis.length;
  });
}

// Moves firms apart that would hide each other.
function spread(x, y) {
  const least = 0.72 / Math.sqrt(x.length);
  for (let round = 0; round < 30; round += 1) {
    for (let a = 0; a < x.length; a += 1) {
      for (let b = a + 1; b < x.length; b += 1) {
        const [ex, ey] = [x[b] - x[a], y[b] - y[a]];
        const apart = Math.hypot(ex, ey);
        if (apart < least) {
          const shift = (least - apart) / 2 / (apart || 1);
          const side = apart ? ex : 0.01;
          x[a] -= side * shift;
          y[a] -= ey * shift;
          x[b] += side * shift;
          y[b] += ey * shift;
        }
      }
    }
  }
}
