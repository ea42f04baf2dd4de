import type { ConfigLocation, ConfigModel, Origin, SiteModel } from '../config/index.js';
import type { StageFailure } from '../host/stages/index.js';
import type { RewriteResult, RewriteSite } from '../rewrite/index.js';
import type { RequestTarget } from './target.js';
import type { DiskProbe, TraceOutcome, TraceStage, TraceStep } from './types.js';

/** A request under way: the stages read it, move it, and note what they decided. */
export class Journey {
  readonly steps: TraceStep[] = [];
  path: string;
  query: string;
  at: ConfigLocation;
  /** The handler mapping that took the URL: an error says which it came from. */
  chosen: Pick<TraceOutcome, 'handler' | 'modules' | 'app'> = {};
  /** Outbound rules see every answer from here on; what is wrong with the configuration before that is answered without them. */
  reachedOutbound = false;
  /** What the rewrite rules did so far. */
  rewritten: RewriteResult | undefined;
  /** The URL after rewriting: a default document does not change it. */
  readonly #url: () => string;
  #frozen: string | undefined;

  constructor(
    readonly model: ConfigModel,
    readonly site: SiteModel,
    readonly target: RequestTarget,
    readonly method: string,
    /** Lower-case names. */
    readonly headers: Readonly<Record<string, string>>,
    readonly environment: Readonly<Record<string, string | undefined>>,
    readonly probe: DiskProbe,
    cooked: { readonly path: string; readonly query: string },
  ) {
    this.path = cooked.path;
    this.query = cooked.query;
    this.at = model.locate(site, cooked.path);
    this.#url = () => (this.query === '' ? this.path : `${this.path}?${this.query}`);
  }

  get url(): string {
    return this.#frozen ?? this.#url();
  }

  /** HTTP.SYS lets go of the connection: GET, an upgrade asked for, no body. */
  get isUpgrade(): boolean {
    const { method, headers } = this;
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    return (
      method === 'GET' &&
      !hasBody &&
      headers.upgrade !== undefined &&
      /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers.connection ?? '')
    );
  }

  /** The current URL; what follows is a child request of it. */
  freezeUrl(): void {
    this.#frozen ??= this.#url();
  }

  moveTo(path: string, query: string): void {
    this.path = path;
    this.query = query;
    this.at = this.model.locate(this.site, path);
  }

  note(
    stage: TraceStage,
    step: Omit<TraceStep, 'stage' | 'file' | 'line'>,
    origin?: Pick<Origin, 'file' | 'line'>,
  ): void {
    this.steps.push({ stage, ...step, ...placeOf(origin) });
  }

  /** What stands at a URL path of the site. */
  whatStandsAt(path: string): 'file' | 'directory' | 'missing' {
    const { physicalPath } = this.model.locate(this.site, path);
    if (this.probe.isDirectory(physicalPath)) return 'directory';
    return this.probe.isFile(physicalPath) ? 'file' : 'missing';
  }

  /** The site as URL Rewrite sees it. */
  get rewriteSite(): RewriteSite {
    const { model, site, probe } = this;
    const { application } = this.at;
    return {
      siteName: site.name,
      siteId: site.id,
      poolName: application.pool,
      applicationPath: application.path,
      get applicationPhysicalPath() {
        return model.locate(site, application.path).physicalPath;
      },
      get sitePhysicalPath() {
        return model.locate(site, '/').physicalPath;
      },
      mapPath: (path) => model.locate(site, path).physicalPath,
      isFile: (physicalPath) => probe.isFile(physicalPath),
      isDirectory: (physicalPath) => probe.isDirectory(physicalPath),
    };
  }

  failed({ status, subStatus, detail, origin }: StageFailure): TraceOutcome {
    return { kind: 'error', status, subStatus, url: this.url, ...this.chosen, message: detail, ...placeOf(origin) };
  }
}

/** The fields of a place in the configuration; none when there is none. */
export function placeOf(origin: Pick<Origin, 'file' | 'line'> | undefined): { file?: string; line?: number } {
  if (origin === undefined || origin.file === '') return {};
  return origin.line > 0 ? { file: origin.file, line: origin.line } : { file: origin.file };
}
