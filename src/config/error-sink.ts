import type { XmlDocument, XmlElement } from '../xml/index.js';
import { ConfigError, type ConfigErrorKind } from './error.js';

/** Collects what is wrong with one file, so that a doctor sees all of it and a request the first. */
export class ErrorSink {
  readonly errors: ConfigError[] = [];
  readonly #document: XmlDocument;

  constructor(document: XmlDocument) {
    this.#document = document;
  }

  get file(): string {
    return this.#document.file;
  }

  /** `offset`: where in the element; its start when left out. */
  add(
    kind: ConfigErrorKind,
    message: string,
    element: XmlElement,
    section?: string,
    offset?: number,
    reason?: string,
  ): void {
    this.errors.push(
      new ConfigError(kind, message, {
        file: this.#document.file,
        position: this.#document.positionAt(offset ?? element.span.start),
        ...(section === undefined ? {} : { section }),
        ...(reason === undefined ? {} : { reason }),
      }),
    );
  }
}
