import type { StartCommand } from '../source/index.js';

/** One reason why an app needs the loader. */
export interface ReasonForLoader {
  /** What the app does: 'listens on a fixed port'. */
  readonly says: string;
  /** Absolute. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** False: it may work without the loader, but nothing shows that it does. */
  readonly isCertain: boolean;
  /** It is one under iisnode alone: for its pipe, or because it loads the entry with `require`. */
  readonly ofIisnode?: true;
}

/** What init needs to know before it decides on the loader. */
export interface LoaderNeed {
  /** Without any the app runs by itself. The certain ones first. */
  readonly reasons: readonly ReasonForLoader[];
  /** The app's own code has the vdir path in all URLs that it answers. */
  readonly knowsVdirPath: boolean;
  /** Its pages have root-absolute URLs that the loader can change. */
  readonly hasRootUrls: boolean;
  /** The framework whose own links and scripts begin at the root of the site, in a virtual directory: 'next'. */
  readonly pageMaker?: string;
  /** How package.json starts the app. */
  readonly start: Omit<StartCommand, 'script'>;
  /** iisnode's settings that the loader has to know, as iisnode resolves them. */
  readonly iisnode:
    | {
        readonly enableXFF: boolean;
        readonly watchedFiles: string;
        /** ms */
        readonly gracefulShutdownTimeout: number;
      }
    | undefined;
}
