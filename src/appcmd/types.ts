import type { Argument } from '../quoting.js';

/** The result of running appcmd. appcmd writes its errors to stdout too; check `exitCode`, the text is localised. */
export interface AppcmdResult {
  /** 0, or the low 16 bits of the HRESULT: 183 already exists, 1168 not found, 5 not elevated. */
  readonly exitCode: number;
  readonly stdout: string;
}

/** Runs one appcmd command line. Two kinds: the real appcmd.exe, and the embedded IIS's own. */
export interface Appcmd {
  /** `args` without the program: ['add', 'app', '/site.name:Default Web Site', ...]. */
  run(args: readonly string[]): Promise<AppcmdResult>;
  /** For `--dry-run`: the command line to type, with the program and cmd.exe quoting. */
  format(args: readonly Argument[]): string;
}

/** The embedded IIS's applicationHost.config and the state of its sites and pools. */
export interface AppcmdStore {
  /** Path of applicationHost.config; commands that write hold the lock file `<file>.appcmd.lock` beside it. */
  readonly file: string;
  /** Called before a writing command takes the lock: throws when the file's folder cannot be written. */
  prepare?(): void;
  read(): Promise<string>;
  /** Atomic. */
  write(text: string): Promise<void>;
  /** Is the worker running, so that sites are Started? */
  running(): Promise<boolean>;
  /** Pools that the running host has stopped by itself (rapid-fail protection), which is not in the file; none by default. */
  stoppedPools?(): Promise<readonly string[]>;
  /** Sends start, stop or recycle of a site or pool to the running host. */
  signal(command: 'start' | 'stop' | 'recycle', object: 'site' | 'apppool', name: string): Promise<void>;
}

/** Values for `/name:value`; the name is an attribute or a property path such as `processModel.idleTimeout`. */
export type AppcmdProperties = Readonly<Record<string, string | number | boolean>>;

/** One object of `list ... /xml`, or one line of `list ...`. */
export interface AppcmdEntry {
  /** SITE, APP, VDIR, APPPOOL, CONFIG, ...; upper case. */
  readonly kind: string;
  /** The name between the quotes, in text form; the `X.NAME` attribute in XML form; '' when it has none. */
  readonly name: string;
  /** A property of the line, or an attribute, by name ignoring case: PipelineMode, pipelinemode. */
  get(property: string): string | undefined;
  /** Every property in the order written. */
  readonly properties: readonly (readonly [name: string, value: string])[];
}

/** The parts of appcmd's error message. */
export interface AppcmdErrorText {
  /** From the `hresult:` form; undefined in the plain one. */
  readonly hresult: number | undefined;
  /** The text without `ERROR ( ... )`, lines joined by a newline; in the language of that Windows. */
  readonly message: string;
}
