// Figures of many runs and of many stanzas.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Lowest and highest, as words: "12.1-13.0". */
export const spread = (values, digits = 1) =>
  `${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)}`;

/** The value that this part (0..1) of all does not exceed. */
export const quantile = (values, part) =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(part * values.length) - 1)];

/** b of the line log y = a + b log x through all points: 1 is linear growth. */
export function exponentOf(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (index) => logs.reduce((sum, point) => sum + point[index], 0) / logs.length;
  const [x0, y0] = [mean(0), mean(1)];
  const above = logs.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0);
  return above / logs.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
}

/** Counts by whole ms, from -1000 (and earlier) to 9000 (and later). */
export class Histogram {
  #counts;
  constructor(counts = new Array(10_001).fill(0)) {
    this.#counts = counts;
  }

  add(ms) {
    this.#counts[Math.min(10_000, Math.max(0, Math.floor(ms) + 1000))] += 1;
  }

  clear() {
    this.#counts.fill(0);
  }

  get total() {
    return this.#counts.reduce((sum, each) => sum + each, 0);
  }

  /** The ms that this part (0..1) of all counts does not exceed. */
  quantile(part) {
    let left = part * this.total;
    for (let index = 0; index < this.#counts.length; index++) {
      left -= this.#counts[index];
      if (left <= 0 && this.#counts[index] > 0) return index - 999;
    }
    return Number.NaN;
  }

  /** Lines with a bar each, a few steps from early to very late. */
  draw(edges = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 9001]) {
    const total = this.total;
    let from = -1000;
    return edges.flatMap((to) => {
      const inside = this.#counts.slice(from + 1000, to + 1000).reduce((sum, each) => sum + each, 0);
      const name = from === -1000 ? 'early' : to > 1000 ? `${from} ms and more` : `${from}-${to} ms`;
      from = to;
      if (inside === 0) return [];
      const bar = '#'.repeat(Math.ceil((50 * inside) / total));
      return `${name.padStart(16)} ${String(inside).padStart(8)} ${((100 * inside) / total).toFixed(2).padStart(6)} % ${bar}`;
    });
  }

  toJSON() {
    return this.#counts;
  }
}
