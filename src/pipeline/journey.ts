import type { ConfigError, SiteModel } from '../config/index.js';
import type { RewriteResult, RewriteSite } from '../rewrite/index.js';
import type { ConfigSnapshot, PathConfig } from './path-config.js';
import type { Disk, PipelineRequest, PipelineSite } from './request.js';
import type { StageFailure } from './sections/failure.js';
import type { HandlerChoice } from './sections/handler-mapping.js';
import type { Target } from './sections/path-pattern.js';
import type { ProxyTarget } from './sections/request-routing.js';
import type { Step } from './step.js';

/** The outcome of a request: what the host must do. */
export type Outcome =
  /** The iisnode module gets it: `handler.script` at `config`'s site. */
  | { readonly kind: 'iisnode' }
  /** A process of HttpPlatformHandler gets it; `webSocket`: as an upgrade, which it asks for. */
  | { readonly kind: 'http-platform'; readonly webSocket: boolean }
  /** Application Request Routing sends it to a server of this machine; `webSocket`: as an upgrade, which it asks for. */
  | ({ readonly kind: 'proxy'; readonly webSocket: boolean } & ProxyTarget)
  /** The OPTIONSVerbHandler and TRACEVerbHandler mappings of a new IIS installation. */
  | { readonly kind: 'protocol-support' }
  /** The file at `config.at.physicalPath`. */
  | { readonly kind: 'file'; readonly contentType: string }
  /** The list of the folder at `config.at.physicalPath`. */
  | { readonly kind: 'listing' }
  /** A rewrite rule answers itself, with a status below 400. */
  | { readonly kind: 'custom-response'; readonly status: number; readonly reason: string; readonly description: string }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string; readonly by: RedirectedBy }
  /** The connection is dropped without an answer. */
  | { readonly kind: 'abort' }
  /** `configError`: the configuration itself is wrong (500.19). */
  | { readonly kind: 'error'; readonly failure: StageFailure; readonly configError?: ConfigError };

/** `folder`: the courtesy redirect to a folder's own URL. */
export type RedirectedBy = 'rewrite' | 'http-redirect' | 'folder';

/** The result of a stage: an outcome ends the request; `child`: the URL is now that of a child request, which starts at handler mapping. */
export type Verdict = Outcome | 'child' | undefined;

/** A request in the stages: they read it, change its URL, and record what they decided. */
export class Journey {
  /** The current URL: decoded path, raw query without '?', and the configuration at that path. */
  path: string;
  query: string;
  config: PathConfig;
  /** What the rewrite rules did so far. */
  rewritten: RewriteResult | undefined;
  /** The URL of another server to which a rule rewrote it. */
  proxied: string | undefined;
  /** The mapping that matched the URL; undefined until handlers are chosen. */
  handler: HandlerChoice | undefined;
  /** From here on outbound rules see every answer; earlier configuration errors are answered without them. */
  reachedOutbound = false;
  readonly #notes: (() => Step | readonly Step[])[] = [];
  #frozenUrl: string | undefined;

  constructor(
    readonly place: PipelineSite,
    readonly request: PipelineRequest,
  ) {
    this.path = request.path;
    this.query = request.query;
    this.config = place.snapshot.at(place.site, request.path);
  }

  get site(): SiteModel {
    return this.place.site;
  }

  get snapshot(): ConfigSnapshot {
    return this.place.snapshot;
  }

  get disk(): Disk {
    return this.place.disk;
  }

  /** Path and query after the rewrite rules; a default document or an error page does not change it. */
  get url(): string {
    return this.#frozenUrl ?? this.#currentUrl();
  }

  #currentUrl(): string {
    return this.query === '' ? this.path : `${this.path}?${this.query}`;
  }

  /** Every step so far. They are created when they are read: the host does not read them. */
  get steps(): readonly Step[] {
    return this.#notes.flatMap((make) => make());
  }

  /** Records what was decided. `make` runs when the steps are read, so it must only use data that does not change until then. */
  note(make: () => Step | readonly Step[]): void {
    this.#notes.push(make);
  }

  /** Removes the steps so far: what follows is a child request with its own steps. */
  forgetSteps(): void {
    this.#notes.length = 0;
  }

  /** Moves the request to another URL of its site. Throws ConfigError where its web.config files cannot be located. */
  moveTo(path: string, query: string): void {
    this.path = path;
    this.query = query;
    this.config = this.snapshot.at(this.site, path);
  }

  /** The same for a child request: `url` does not change. */
  moveToChild(path: string, query: string): void {
    this.#frozenUrl ??= this.#currentUrl();
    this.moveTo(path, query);
  }

  /** The kind of file at a URL path of the site. */
  targetAt(path: string): Target {
    const { physicalPath } = this.snapshot.at(this.site, path).at;
    if (this.disk.isDirectory(physicalPath)) return 'directory';
    return this.disk.isFile(physicalPath) ? 'file' : 'missing';
  }

  /** Did the handler mapping name this module? */
  isHandledBy(module: string): boolean {
    return this.handler?.mapping?.modules.includes(module) ?? false;
  }

  /** The site for URL Rewrite, at the current URL. */
  get rewriteSite(): RewriteSite {
    const { snapshot, site, disk } = this;
    const { application } = this.config.at;
    return {
      siteName: site.name,
      siteId: site.id,
      poolName: application.pool,
      applicationPath: application.path,
      // With a separator at its end, as rules in the field rely on: "{APPL_PHYSICAL_PATH}public\{R:1}".
      get applicationPhysicalPath() {
        return withSeparator(snapshot.at(site, application.path).at.physicalPath);
      },
      get sitePhysicalPath() {
        return snapshot.at(site, '/').at.physicalPath;
      },
      mapPath: (path) => snapshot.at(site, path).at.physicalPath,
      isFile: (physicalPath) => disk.isFile(asHere(physicalPath)),
      isDirectory: (physicalPath) => disk.isDirectory(asHere(physicalPath)),
    };
  }
}

/** A folder's path with a separator at its end, as IIS gives an application's. */
export const withSeparator = (folder: string): string =>
  /[\\/]$/.test(folder) ? folder : `${folder}${folder.startsWith('/') ? '/' : '\\'}`;

/** A path that a rule has put together for Windows: elsewhere its backslashes are slashes. */
const asHere = (physicalPath: string): string =>
  physicalPath.startsWith('/') ? physicalPath.replaceAll('\\', '/') : physicalPath;
