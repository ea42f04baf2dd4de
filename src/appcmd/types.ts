/** What a run of appcmd gave. Errors are on stdout too (reference: IIS sheet, 2.1); decide by `exitCode`. */
export interface AppcmdResult {
  readonly exitCode: number;
  readonly stdout: string;
}

/** Runs one appcmd command line. Two kinds: the real appcmd.exe, and the embedded IIS's own. */
export interface Appcmd {
  /** `args` without the program: ['add', 'app', '/site.name:Default Web Site', ...]. */
  run(args: readonly string[]): Promise<AppcmdResult>;
  /** For `--dry-run`: what a person would type, with the program and cmd.exe quoting. */
  format(args: readonly string[]): string;
}

/** The embedded IIS's applicationHost.config and the state of its sites and pools. */
export interface AppcmdStore {
  readonly file: string;
  read(): Promise<string>;
  /** Atomic. */
  write(text: string): Promise<void>;
  /** Is the worker running, so that sites are Started? */
  running(): Promise<boolean>;
  /** start/stop/recycle of a site or pool reach the running host through here. */
  signal(command: 'start' | 'stop' | 'recycle', object: 'site' | 'apppool', name: string): Promise<void>;
}
