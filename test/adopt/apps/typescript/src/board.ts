export type Mark = 'x' | 'o';

export class Board {
  #cells: (Mark | null)[] = Array(9).fill(null);

  get cells(): readonly (Mark | null)[] {
    return this.#cells;
  }

  play(cell: number, mark: Mark): void {
    this.#cells[cell] = mark;
  }

  reset(): void {
    this.#cells.fill(null);
  }

  toString(): string {
    return this.#cells.map((mark) => mark ?? '.').join('');
  }
}
