import path from 'node:path';
import { ConfigError } from '../config/index.js';
import {
  BridgeError,
  debugCommand,
  findExecutable,
  IisnodeConfigurationError,
  iisnodeSettingsOf,
  splitCommandLine,
} from '../host/facts/index.js';
import { type Journey, originPlace, stepAt } from '../pipeline/index.js';
import { encodePath } from '../rewrite/index.js';
import type { IisnodeSettings, ResolvedIisnodeSettings } from '../webconfig/index.js';
import { spellingOf, type Tracing } from './tracing.js';
import type { TraceOutcome } from './types.js';

/** What the iisnode module would do: the script, the URL node sees, and its processes. */
export function iisnodeForecast(tracing: Tracing, base: TraceOutcome): TraceOutcome {
  const { journey } = tracing.decision;
  const script = journey.snapshot.at(journey.site, journey.handler?.script ?? journey.path);
  const physicalPath = spellingOf(journey, script.at.physicalPath);
  try {
    const settings = iisnodeSettingsOf(script, { environment: tracing.environment, watch: () => undefined });
    const debugged = debuggerForecast(tracing, settings.values, base);
    if (debugged !== undefined) return debugged;
    const said = { input: physicalPath, result: `${journey.request.method} ${urlForNode(journey)}` };
    note(tracing, { ...said, note: processesNote(settings) }, settings.origins.nodeProcessCountPerApplication);
    const lost = lostUpgradeNote(journey);
    if (lost !== undefined) note(tracing, { note: lost });
    absentProgram(tracing, settings);
  } catch (error) {
    if (!(error instanceof IisnodeConfigurationError)) throw error;
    note(tracing, { input: physicalPath, note: error.message }, placeIn(error));
    // For a local client iisnode answers its own page with status 200 (iisnode 0.2.27, cprotocolbridge.cpp).
    return { ...base, status: 200, script: physicalPath, message: error.message, ...originPlace(placeIn(error)) };
  }
  if (journey.disk.isFile(physicalPath)) return { ...base, script: physicalPath };
  return journey.disk.isDirectory(physicalPath)
    ? folderAsScript(tracing, physicalPath, base)
    : missingScript(tracing, physicalPath, base);
}

function note(tracing: Tracing, step: Parameters<typeof stepAt>[1], origin?: Parameters<typeof stepAt>[2]): void {
  tracing.steps.push(stepAt('iisnode', step, origin));
}

/** iisnode passes on only `Connection: upgrade` (iisnode 0.2.27, cprotocolbridge.cpp SendHttpRequestHeaders). */
function lostUpgradeNote(journey: Journey): string | undefined {
  if (!journey.request.isUpgrade) return undefined;
  const connection = journey.rewritten?.headers.connection ?? journey.request.headers.connection ?? '';
  if (connection.toLowerCase() === 'upgrade') return undefined;
  return `Connection: ${connection} is not exactly "upgrade": iisnode sends keep-alive instead, and node sees no upgrade`;
}

/** On this machine or on the server: a trace runs nothing, and cannot know which of the two is meant. */
function absentProgram(tracing: Tracing, { values, origins }: ResolvedIisnodeSettings): void {
  const [program = ''] = splitCommandLine(values.nodeProcessCommandLine);
  if (!('code' in findExecutable(program, tracing.environment))) return;
  const why = `nodeProcessCommandLine names ${program}, which is not on this machine: on a machine without it iisnode answers 500.1000`;
  note(tracing, { note: why }, origins.nodeProcessCommandLine);
}

/** `2 node processes, sticky sessions (cookie iisnode.session.cookie)`, and where the number comes from. */
function processesNote({ values, sources }: ResolvedIisnodeSettings): string {
  const count = values.nodeProcessCountPerApplication;
  const from = sources.nodeProcessCountPerApplication;
  const origin = from === 'environment' || from === 'iisnode.yml' ? ` (by ${from})` : '';
  const number = count === 1 ? `1 node process${origin}` : `${count} node processes${origin}`;
  // A single process also sets the cookie (cnodeprocessmanager.cpp Dispatch).
  if (values.nodeProcessStickySessions) return `${number}, sticky sessions by the cookie iisnode.session.cookie`;
  return count === 1 ? number : `${number}, round robin: no sticky sessions`;
}

/** `/server.js/debug` and URLs below it never reach the application. */
function debuggerForecast(tracing: Tracing, settings: IisnodeSettings, base: TraceOutcome): TraceOutcome | undefined {
  const { journey } = tracing.decision;
  const { pathInfo = '', script = journey.path } = journey.handler ?? {};
  const url = journey.query === '' ? journey.path : `${journey.path}?${journey.query}`;
  const segment = `${script}/${settings.debuggerPathSegment}`;
  let command: ReturnType<typeof debugCommand>;
  try {
    command = debugCommand(settings, pathInfo, url);
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const { status, subStatus } = error.failure;
    note(tracing, { input: url, note: error.message });
    return { ...base, kind: 'error', status, subStatus, message: error.message };
  }
  if (command === undefined) return undefined;
  if (command === 'redirect') {
    const location = `${encodePath(journey.path)}/${journey.query === '' ? '' : `?${journey.query}`}`;
    note(tracing, { input: url, result: location, note: `${segment} is the URL of iisnode's debugger` });
    return { kind: 'redirect', status: 301, location, url: journey.url, ...(base.app && { app: base.app }) };
  }
  const what = command === 'kill' ? 'ends the debugger' : "is a page of iisnode's debugger";
  note(tracing, { input: url, note: `a URL below ${segment} ${what}: the application never sees it` });
  return { ...base, status: 200 };
}

/** node is started, and looks for an index.js in it. */
function folderAsScript(tracing: Tracing, physicalPath: string, base: TraceOutcome): TraceOutcome {
  const outcome = { ...base, script: physicalPath };
  if (tracing.decision.journey.disk.isFile(path.join(physicalPath, 'index.js'))) return outcome;
  const message = `${physicalPath} is a folder, and has no index.js: node ends immediately, which is 500.1002.`;
  note(tracing, { input: physicalPath, note: message });
  return { ...outcome, message };
}

/** A missing script is 404; if its folder is missing too, iisnode cannot watch it: 500.1000. */
function missingScript(tracing: Tracing, physicalPath: string, base: TraceOutcome): TraceOutcome {
  const folder = path.dirname(physicalPath);
  const isFolderThere = tracing.decision.journey.disk.isDirectory(folder);
  const message = isFolderThere ? `The entry point ${physicalPath} does not exist.` : `There is no folder ${folder}.`;
  note(tracing, { input: physicalPath, note: message });
  const [status, subStatus] = isFolderThere ? [404, 0] : [500, 1000];
  return { ...base, kind: 'error', status, subStatus, script: physicalPath, message };
}

/** iisnode trusts X-Original-URL, no matter who set it; otherwise it sends the cooked URL. */
function urlForNode(journey: Journey): string {
  const original = journey.rewritten?.headers['x-original-url'] ?? journey.request.headers['x-original-url'];
  if (original !== undefined) return original;
  return journey.query === '' ? encodePath(journey.path) : `${encodePath(journey.path)}?${journey.query}`;
}

function placeIn({ file, line, cause }: IisnodeConfigurationError): { file: string; line: number } | undefined {
  const known = file ?? (cause instanceof ConfigError ? cause.file : undefined);
  return known === undefined ? undefined : { file: known, line: line ?? 0 };
}
