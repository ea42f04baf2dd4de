import path from 'node:path';
import type { App } from '../app/index.js';
import type { ConfigModel } from '../config/index.js';
import { diagnose } from '../doctor/index.js';
import type { ProcessSeen, RequestSeen } from '../host/index.js';
import { type FindingShown, type Inspector, type Overview, startInspector } from '../inspect/index.js';
import { colours } from '../terminal/index.js';
import { traceUrl } from '../trace/index.js';
import { renderSteps } from './render-trace.js';

/** What `serve` shows on its live page. */
export interface Served {
  readonly app: App;
  readonly vdirPath: string;
  readonly origin: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** The configuration as it is now. */
  loadConfig(): ConfigModel;
  processes(): readonly ProcessSeen[];
}

/** Starts the live page of `serve --inspect`. */
export function startLivePage(served: Served): Promise<Inspector> {
  return startInspector({
    overview: () => overviewOf(served),
    processes: () => served.processes(),
    trace: async (seen) => traceLines(seen, served),
  });
}

/** The lines that `trace` prints for the same request. */
function traceLines(
  { method, url, headers }: RequestSeen,
  { origin, cwd, environment, loadConfig }: Served,
): readonly string[] {
  const pairs = headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as const] : []));
  const target = url.startsWith('/') ? `${origin}${url}` : url;
  const trace = traceUrl({ model: loadConfig(), url: target, method, headers: pairs, environment });
  return renderSteps(trace, colours(false), cwd);
}

async function overviewOf(served: Served): Promise<Overview> {
  const { app, vdirPath, origin, loadConfig } = served;
  const applications = loadConfig().sites.flatMap((site) =>
    site.applications.map(({ path: at, pool, virtualDirectories }) => ({
      url: `${origin}${at === '/' ? '/' : `${at}/`}`,
      path: at,
      folder: virtualDirectories.find((vdir) => vdir.path === '/')?.physicalPath ?? '',
      pool,
    })),
  );
  return {
    title: `${path.basename(app.directory)} at ${origin}${vdirPath}`,
    applications,
    settings: settingsOf(served),
    findings: await findingsOf(served),
  };
}

/** iisnode's settings for the app's entry point, those that are set first. */
function settingsOf({ app, cwd }: Served): Overview['settings'] {
  const settings = app.settingsOf(app.entry?.name);
  if (settings === undefined) return [];
  const { origins } = settings;
  const rows = Object.entries(settings.values).map(([name, value]) => {
    const origin = origins[name as keyof typeof origins];
    return { name, value: String(value), from: origin === undefined ? 'default' : placeOf(origin, cwd) };
  });
  return [...rows.filter(({ from }) => from !== 'default'), ...rows.filter(({ from }) => from === 'default')];
}

/** What the doctor says of the app's files now; the app itself is running already. */
async function findingsOf({ app, vdirPath, cwd, environment, signal }: Served): Promise<readonly FindingShown[]> {
  const { findings } = await diagnose(app.directory, { cwd, environment, signal, vdirPath });
  return findings.map(({ severity, rule, message, file, line }) => ({
    severity,
    rule,
    message,
    place: file === undefined ? '' : placeOf({ file, line: line ?? 0 }, cwd),
  }));
}

function placeOf({ file, line }: { readonly file: string; readonly line: number }, cwd: string): string {
  const relative = path.relative(cwd, file);
  const shown = relative.startsWith('..') || relative === '' ? file : relative;
  return line > 0 ? `${shown}:${line}` : shown;
}
