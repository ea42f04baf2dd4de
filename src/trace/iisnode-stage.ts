import path from 'node:path';
import { ConfigError } from '../config/index.js';
import {
  BridgeError,
  debugCommand,
  findExecutable,
  type HandlerChoice,
  IisnodeConfigurationError,
  iisnodeSettingsOf,
  isWebSocketRequest,
  readWebSocket,
  splitCommandLine,
  webSocketVerdict,
} from '../host/stages/index.js';
import { encodePath } from '../rewrite/index.js';
import type { IisnodeSettings, ResolvedIisnodeSettings } from '../webconfig/index.js';
import { type Journey, placeOf } from './journey.js';
import type { TraceOutcome } from './types.js';

/** What the WebSocketModule does with an upgrade that a mapping gave to iisnode, or would do with one. */
export function webSocketStage(journey: Journey): TraceOutcome | undefined {
  if (journey.method !== 'GET') return undefined;
  const settings = readWebSocket(journey.model, journey.at);
  const verdict = webSocketVerdict(settings);
  if (!journey.isUpgrade || !isWebSocketRequest(journey.headers)) {
    const note =
      verdict.kind === 'passed-on'
        ? 'webSocket enabled="false": an upgrade of this URL would go to iisnode.'
        : 'webSocket is enabled: the WebSocketModule would take an upgrade of this URL, and answer 400.';
    journey.note('websocket', { note }, settings.origin);
    return undefined;
  }
  journey.note('websocket', { matched: verdict.kind === 'taken', note: verdict.note }, settings.origin);
  return verdict.kind === 'taken' ? journey.failed(verdict.failure) : undefined;
}

/** What iisnode does: the script, the URL node sees, and its processes. */
export function iisnodeStage(journey: Journey, choice: HandlerChoice, base: TraceOutcome): TraceOutcome {
  const script = { model: journey.model, at: journey.model.locate(journey.site, choice.script) };
  const { physicalPath } = script.at;
  try {
    const settings = iisnodeSettingsOf(script, { environment: journey.environment, watch: () => undefined });
    const debugged = debuggerStage(journey, choice, settings.values, base);
    if (debugged !== undefined) return debugged;
    const said = { input: physicalPath, result: `${journey.method} ${urlForNode(journey)}` };
    journey.note(
      'iisnode',
      { ...said, note: processesNote(settings) },
      settings.origins.nodeProcessCountPerApplication,
    );
    const lost = lostUpgradeNote(journey);
    if (lost !== undefined) journey.note('iisnode', { note: lost });
    absentProgram(journey, settings);
  } catch (error) {
    if (!(error instanceof IisnodeConfigurationError)) throw error;
    journey.note('iisnode', { input: physicalPath, note: error.message }, placeIn(error));
    // For a local client iisnode answers its own page with status 200 (iisnode 0.2.27, cprotocolbridge.cpp).
    return { ...base, status: 200, script: physicalPath, message: error.message, ...placeOf(placeIn(error)) };
  }
  if (journey.probe.isFile(physicalPath)) return { ...base, script: physicalPath };
  return journey.probe.isDirectory(physicalPath)
    ? folderAsScript(journey, physicalPath, base)
    : missingScript(journey, physicalPath, base);
}

/** iisnode passes on `Connection: upgrade` and nothing else (iisnode 0.2.27, cprotocolbridge.cpp SendHttpRequestHeaders). */
function lostUpgradeNote(journey: Journey): string | undefined {
  if (!journey.isUpgrade) return undefined;
  const connection = journey.rewritten?.headers.connection ?? journey.headers.connection ?? '';
  if (connection.toLowerCase() === 'upgrade') return undefined;
  return `Connection: ${connection} is not exactly "upgrade": iisnode sends keep-alive in its place, and node sees no upgrade`;
}

/** Here, or on the server: a trace runs nothing, and cannot know which of the two is meant. */
function absentProgram(journey: Journey, { values, origins }: ResolvedIisnodeSettings): void {
  const [program = ''] = splitCommandLine(values.nodeProcessCommandLine);
  if (!('code' in findExecutable(program, journey.environment))) return;
  const note = `nodeProcessCommandLine names ${program}, which is not on this machine: where it is not, iisnode answers 500.1000`;
  journey.note('iisnode', { note }, origins.nodeProcessCommandLine);
}

/** `2 node processes, sticky sessions (cookie iisnode.session.cookie)`, and where the number comes from. */
function processesNote({ values, sources }: ResolvedIisnodeSettings): string {
  const count = values.nodeProcessCountPerApplication;
  const from = sources.nodeProcessCountPerApplication;
  const origin = from === 'environment' || from === 'iisnode.yml' ? ` (by ${from})` : '';
  const number = count === 1 ? `1 node process${origin}` : `${count} node processes${origin}`;
  // One process sets the cookie, too (cnodeprocessmanager.cpp Dispatch).
  if (values.nodeProcessStickySessions) return `${number}, sticky sessions by the cookie iisnode.session.cookie`;
  return count === 1 ? number : `${number}, round robin: no sticky sessions`;
}

/** `/server.js/debug` and what lies below it never reach the application. */
function debuggerStage(
  journey: Journey,
  { pathInfo, script }: HandlerChoice,
  settings: IisnodeSettings,
  base: TraceOutcome,
): TraceOutcome | undefined {
  const url = journey.query === '' ? journey.path : `${journey.path}?${journey.query}`;
  const segment = `${script}/${settings.debuggerPathSegment}`;
  let command: ReturnType<typeof debugCommand>;
  try {
    command = debugCommand(settings, pathInfo, url);
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const { status, subStatus } = error.failure;
    journey.note('iisnode', { input: url, note: error.message });
    return { ...base, kind: 'error', status, subStatus, message: error.message };
  }
  if (command === undefined) return undefined;
  if (command === 'redirect') {
    const location = `${encodePath(journey.path)}/${journey.query === '' ? '' : `?${journey.query}`}`;
    journey.note('iisnode', { input: url, result: location, note: `${segment} is the URL of iisnode's debugger` });
    return { kind: 'redirect', status: 301, location, url: journey.url, ...(base.app && { app: base.app }) };
  }
  const what = command === 'kill' ? 'ends the debugger' : "is a page of iisnode's debugger";
  journey.note('iisnode', { input: url, note: `a URL below ${segment} ${what}: the application never sees it` });
  return { ...base, status: 200 };
}

/** node is started, and looks for an index.js in it. */
function folderAsScript(journey: Journey, physicalPath: string, base: TraceOutcome): TraceOutcome {
  const outcome = { ...base, script: physicalPath };
  if (journey.probe.isFile(path.join(physicalPath, 'index.js'))) return outcome;
  const message = `${physicalPath} is a folder, and has no index.js: node ends at once, which is 500.1002.`;
  journey.note('iisnode', { input: physicalPath, note: message });
  return { ...outcome, message };
}

/** A script that is not there is 404; when its folder is not there either, iisnode cannot watch it: 500.1000. */
function missingScript(journey: Journey, physicalPath: string, base: TraceOutcome): TraceOutcome {
  const folder = path.dirname(physicalPath);
  const isFolderThere = journey.probe.isDirectory(folder);
  const message = isFolderThere ? `The entry point ${physicalPath} does not exist.` : `There is no folder ${folder}.`;
  journey.note('iisnode', { input: physicalPath, note: message });
  const [status, subStatus] = isFolderThere ? [404, 0] : [500, 1000];
  return { ...base, kind: 'error', status, subStatus, script: physicalPath, message };
}

/** iisnode believes X-Original-URL, whoever set it, and else sends the cooked URL. */
function urlForNode(journey: Journey): string {
  const original = journey.rewritten?.headers['x-original-url'] ?? journey.headers['x-original-url'];
  if (original !== undefined) return original;
  return journey.query === '' ? encodePath(journey.path) : `${encodePath(journey.path)}?${journey.query}`;
}

function placeIn({ file, line, cause }: IisnodeConfigurationError): { file: string; line: number } | undefined {
  const known = file ?? (cause instanceof ConfigError ? cause.file : undefined);
  return known === undefined ? undefined : { file: known, line: line ?? 0 };
}
