import path from 'node:path';
import { ConfigError } from '../config/index.js';
import {
  type HandlerChoice,
  IisnodeConfigurationError,
  iisnodeSettingsOf,
  isWebSocketRequest,
  readWebSocket,
  webSocketVerdict,
} from '../host/stages/index.js';
import { encodePath } from '../rewrite/index.js';
import { type Journey, placeOf } from './journey.js';
import type { TraceOutcome } from './types.js';

/** What the WebSocketModule does with an upgrade that a mapping gave to iisnode. */
export function webSocketStage(journey: Journey): TraceOutcome | undefined {
  if (!isWebSocketRequest(journey.headers) || journey.method !== 'GET') return undefined;
  const settings = readWebSocket(journey.model, journey.at);
  const verdict = webSocketVerdict(settings);
  journey.note('websocket', { matched: verdict.kind === 'taken', note: verdict.note }, settings.origin);
  return verdict.kind === 'taken' ? journey.failed(verdict.failure) : undefined;
}

/** What iisnode does: the script, the URL node sees, and its processes. */
export function iisnodeStage(journey: Journey, choice: HandlerChoice, base: TraceOutcome): TraceOutcome {
  const script = { model: journey.model, at: journey.model.locate(journey.site, choice.script) };
  const { physicalPath } = script.at;
  try {
    const { values } = iisnodeSettingsOf(script, { environment: journey.environment, watch: () => undefined });
    const processes = values.nodeProcessCountPerApplication;
    const sticky = values.nodeProcessStickySessions ? 'sticky sessions' : 'round robin';
    const note = processes === 1 ? '1 node process' : `${processes} node processes, ${sticky}`;
    journey.note('iisnode', { input: physicalPath, result: `${journey.method} ${urlForNode(journey)}`, note });
  } catch (error) {
    if (!(error instanceof IisnodeConfigurationError)) throw error;
    journey.note('iisnode', { input: physicalPath, note: error.message }, placeIn(error));
    // For a local client iisnode answers its own page with status 200 (iisnode 0.2.27, cprotocolbridge.cpp).
    return { ...base, status: 200, script: physicalPath, message: error.message, ...placeOf(placeIn(error)) };
  }
  const isThere = journey.probe.isFile(physicalPath) || journey.probe.isDirectory(physicalPath);
  if (isThere) return { ...base, script: physicalPath };
  return missingScript(journey, physicalPath, base);
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
