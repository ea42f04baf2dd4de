import type { XmlDocument, XmlElement } from '../xml/index.js';
import { ConfigError, type ConfigErrorKind } from './error.js';

/** Collects the errors of one file: the doctor reports all of them, a request the first. */
export class ErrorSink {
  readonly errors: ConfigError[] = [];
  readonly #document: XmlDocument;

  constructor(document: XmlDocument) {
    this.#document = document;
  }

  get file(): string {
    return this.#document.file;
  }

  /** `offset`: the position in the element; its start by default. */
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
