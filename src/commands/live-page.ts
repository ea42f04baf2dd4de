import path from 'node:path';
import type { App } from '../app/index.js';
import { type ConfigModel, sectionsOf } from '../config/index.js';
import type { ProcessSeen, RequestSeen } from '../host/index.js';
import { type FindingShown, type Inspector, type Overview, startInspector } from '../inspect/index.js';
import { colours } from '../terminal/index.js';
import { traceUrl } from '../trace/index.js';
import { examineApart } from './apart.js';
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
  processes(): Promise<readonly ProcessSeen[]>;
}

/** Starts the live page of `serve --inspect`. */
export function startLivePage(served: Served): Promise<Inspector> {
  return startInspector({
    overview: async () => overviewOf(served),
    findings: () => findingsOf(served),
    processes: () => served.processes(),
    trace: async (seen) => [...timesOf(seen), ...traceLines(seen, served)],
  });
}

/** `3 ms for rules and handler, 0.2 ms until process 77 had it, 120 ms until the end of its answer` */
function timesOf({ stages = {}, process }: RequestSeen): readonly string[] {
  const { decide, dispatch, answer } = stages;
  const parts = [
    decide !== undefined && `${decide} ms for rules and handler`,
    dispatch !== undefined && `${dispatch} ms until process ${process} had it`,
    answer !== undefined && `${answer} ms until the end of the answer`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? [] : [parts.join(', '), ''];
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

function overviewOf(served: Served): Overview {
  const { app, vdirPath, origin, loadConfig } = served;
  const model = loadConfig();
  const applications = model.sites.flatMap((site) =>
    site.applications.map(({ path: at, pool, virtualDirectories }) => ({
      url: `${origin}${at === '/' ? '/' : `${at}/`}`,
      path: at,
      folder: virtualDirectories.find((vdir) => vdir.path === '/')?.physicalPath ?? '',
      pool,
    })),
  );
  return {
    title: `${path.basename(app.directory)} at ${origin}${vdirPath}`,
    sites: model.sites.map(({ name, bindings }) => ({
      name,
      bindings: bindings.map(({ protocol, address, port, host }) => `${protocol} ${address}:${port}:${host}`),
    })),
    applications,
    settings: [...iisnodeSettings(served), ...sectionSettings(served, model)],
  };
}

const iisnodeSection = 'system.webServer/iisnode';

/** iisnode's settings for the app's entry point, those that are set first. */
function iisnodeSettings({ app, cwd }: Served): Overview['settings'] {
  const settings = app.settingsOf(app.entry?.name);
  if (settings === undefined) return [];
  const { origins } = settings;
  const rows = Object.entries(settings.values).map(([name, value]) => {
    const origin = origins[name as keyof typeof origins];
    const from = origin === undefined ? 'default' : placeOf(origin, cwd);
    return { section: 'iisnode', name, value: String(value), from };
  });
  return [...rows.filter(({ from }) => from !== 'default'), ...rows.filter(({ from }) => from === 'default')];
}

/** Names of values that are not shown: others may see the screen. */
const secret = /connectionStrings|pass|pwd|secret|token|credential/i;

/** What the sections that the app's web.config has are in effect, with what they inherit; of a section that IIS refuses, why. */
function sectionSettings({ app, vdirPath, cwd }: Served, model: ConfigModel): Overview['settings'] {
  const { document } = app.webConfig;
  const [site] = model.sites;
  if (document === undefined || site === undefined) return [];
  const at = model.locate(site, vdirPath);
  const sections = [...new Set(sectionsOf(document))].filter((name) => name !== iisnodeSection);
  return sections.flatMap((name) => {
    const section = name.replace('system.webServer/', '');
    try {
      return model
        .effective(name, at)
        .written()
        .map((one) => ({
          section,
          name: one.path,
          value: secret.test(one.path) ? '(not shown)' : String(one.value ?? ''),
          from: one.origin === undefined ? 'default' : placeOf(one.origin, cwd),
        }));
    } catch (error) {
      return [{ section, name: 'error', value: error instanceof Error ? error.message : String(error), from: '' }];
    }
  });
}

/** What the doctor says of the app's files now; the app itself is running already. */
async function findingsOf({ app, vdirPath, cwd, environment, signal }: Served): Promise<readonly FindingShown[]> {
  const { directory } = app;
  const findings = await examineApart(app, { kind: 'findings', directory, vdirPath, cwd, environment }, signal);
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
