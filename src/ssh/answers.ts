/**
 * Finds the messages of the server between everything else that a login prints: banners, output of profiles, `Active code page`. Line
 * breaks do not count, because a shell may add some. Each message is `MARKER[JSON]MARKER`.
 */
export class Answers {
  readonly #begin: string;
  readonly #end: string;
  #text = '';
  #scanned = 0;
  /** The last text outside of messages, for errors. */
  other = '';

  /** @param marker a text that no other program knows. */
  constructor(marker: string) {
    this.#begin = `${marker}[`;
    this.#end = `]${marker}`;
  }

  /** @param chunk ASCII. Gives the messages that are complete now. */
  take(chunk: string): unknown[] {
    this.#text += chunk.replace(/[\r\n]+/g, '');
    const found: unknown[] = [];
    for (;;) {
      const at = this.#text.indexOf(this.#begin);
      if (at === -1) {
        const kept = Math.max(0, this.#text.length - this.#begin.length);
        this.other = (this.other + this.#text.slice(0, kept)).slice(-longestOther);
        this.#text = this.#text.slice(kept);
        this.#scanned = 0;
        return found;
      }
      const end = this.#text.indexOf(this.#end, Math.max(at + this.#begin.length, this.#scanned - this.#end.length));
      this.#scanned = this.#text.length;
      if (end === -1) return found;
      found.push(JSON.parse(this.#text.slice(at + this.#begin.length, end)));
      this.#text = this.#text.slice(end + this.#end.length);
      this.#scanned = 0;
    }
  }
}

const longestOther = 4_096;
