import { type Stamp, sameStamp, stampOf } from '../listener/file-state.js';

/** What is read from files, and read again only where a file has changed. */
export class ReadOnce<Content> {
  readonly #read: (file: string) => Content;
  readonly #known = new Map<string, { readonly stamp: Stamp; readonly content: Content }>();

  constructor(read: (file: string) => Content) {
    this.#read = read;
  }

  /** Throws the errors of `read`. */
  of(file: string): Content {
    const stamp = stampOf(file, '');
    const known = this.#known.get(file);
    if (known !== undefined && stamp !== undefined && sameStamp(known.stamp, stamp)) return known.content;
    const content = this.#read(file);
    if (stamp === undefined) this.#known.delete(file);
    else this.#known.set(file, { stamp, content });
    return content;
  }
}
