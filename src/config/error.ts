import type { Position } from '../xml/index.js';
import { unconfirmed } from './unconfirmed.js';

/** Why IIS refuses; never changes, for rules that search for one cause. */
export type ConfigErrorKind =
  | 'not-well-formed'
  | 'cannot-read'
  | 'access-denied'
  | 'too-large'
  | 'folder-gone'
  | 'unknown-section'
  | 'no-schema'
  | 'unknown-element'
  | 'unknown-attribute'
  | 'missing-attribute'
  | 'invalid-value'
  | 'duplicate-entry'
  | 'duplicate-section'
  | 'section-locked'
  | 'lock-violation'
  | 'not-at-this-path'
  | 'bad-lock-list'
  | 'bad-order'
  | 'bad-location'
  | 'config-source'
  | 'unknown-path';

const hresults: Readonly<Record<ConfigErrorKind, number>> = {
  'not-well-formed': 0x8007000d,
  'cannot-read': 0x80070003,
  'access-denied': 0x80070005,
  'too-large': unconfirmed.tooLargeHresult,
  'folder-gone': 0x80070003,
  'unknown-section': 0x8007000d,
  'no-schema': 0x8007000d,
  'unknown-element': 0x8007000d,
  'unknown-attribute': 0x8007000d,
  'missing-attribute': 0x8007000d,
  'invalid-value': 0x8007000d,
  'duplicate-entry': 0x800700b7,
  'duplicate-section': 0x800700b7,
  'section-locked': 0x80070021,
  'lock-violation': 0x80070021,
  'not-at-this-path': 0x80070021,
  'bad-lock-list': 0x8007000d,
  'bad-order': 0x8007000d,
  'bad-location': 0x8007000d,
  'config-source': 0x8007000d,
  'unknown-path': 0x80070003,
};

export interface ConfigErrorPlace {
  /** Path of the file; undefined when it is not about a file. */
  readonly file?: string;
  readonly position?: Position;
  /** `system.webServer/handlers`, where it is known. */
  readonly section?: string;
  readonly cause?: unknown;
  readonly hresult?: number;
  /** A sentence with details that IIS's own text does not have. */
  readonly reason?: string;
  /** For a locked section: the `<location>` that locks it; undefined where its declaration does. */
  readonly lockedBy?: ConfigErrorLock;
  /** For a duplicate entry: the one that has the key already. */
  readonly earlier?: ConfigErrorLock;
}

export interface ConfigErrorLock {
  readonly file: string;
  readonly line: number;
}

/** What IIS answers with 500.19: `message` is its own text (the "Config Error" line of the page, KB942055). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly kind: ConfigErrorKind;
  readonly status = 500;
  readonly subStatus = 19;
  /** Unsigned: 0x8007000d. */
  readonly hresult: number;
  readonly file: string | undefined;
  /** From 1; undefined when IIS names no line. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly section: string | undefined;
  readonly reason: string | undefined;
  readonly lockedBy: ConfigErrorLock | undefined;
  readonly earlier: ConfigErrorLock | undefined;

  constructor(kind: ConfigErrorKind, message: string, place: ConfigErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.kind = kind;
    this.hresult = place.hresult ?? hresults[kind];
    this.file = place.file;
    this.line = place.position?.line;
    this.column = place.position?.column;
    this.section = place.section;
    this.reason = place.reason;
    this.lockedBy = place.lockedBy;
    this.earlier = place.earlier;
  }

  /** The message in the native library's frame, lines ending with CR LF (Microsoft.Web.Administration). */
  get frame(): string {
    const line = this.line === undefined ? '' : `Line number: ${this.line}\r\n`;
    const file = this.file === undefined || this.file === '' ? '' : `\\\\?\\${this.file}`;
    return `Filename: ${file}\r\n${line}Error: ${this.message}\r\n\r\n`;
  }

  /** The value in sc-win32-status of the IIS log: the low word of the HRESULT. */
  get win32Status(): number {
    return this.hresult & 0xffff;
  }
}
