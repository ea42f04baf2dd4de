/** How often a process was started for each place that has one: a slot of an application. Outlives recycled workers. */
export class StartCounts {
  readonly #counts = new Map<string, number>();

  /** Counts a start; returns how many there were before: the restarts of the new process. */
  add(application: string, slot: number): number {
    const place = `${slot} ${application}`;
    const before = this.#counts.get(place) ?? 0;
    this.#counts.set(place, before + 1);
    return before;
  }
}
