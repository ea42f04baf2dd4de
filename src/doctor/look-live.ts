import { nothingChanged, UserError } from '../errors.js';
import { type Expectation, urlWithoutLogin } from '../probe/index.js';
import { iisnodeSock } from '../typed-command.js';
import { type Diagnosis, runRules, type Selection, withoutUnknownRules } from './engine.js';
import { type LiveReport, liveReport } from './live-report.js';
import { rules } from './rules/index.js';
import type { FilesBeside } from './types.js';

export interface LookedLive {
  readonly report: LiveReport;
  readonly diagnoses: readonly Diagnosis[];
  /** Findings that --only or --skip leave out. */
  readonly skipped: number;
}

export interface LiveOptions extends Selection {
  readonly expect?: readonly Expectation[];
  /** An origin whose pages connect to the app. */
  readonly origin?: string;
  readonly signal?: AbortSignal;
  /** Names of the server's own scripts, the entry point first, where they are known. */
  readonly scripts?: readonly string[];
  /** What the app's folder says, where that is examined as well. */
  readonly files?: FilesBeside;
}

/** With two processes that take turns, the chance that all polls reach the right one is 1 in 1000. */
const mostPolls = 10;

export const isUrl = (target: string): boolean => /^https?:\/\//i.test(target);
export const liveRules = rules.filter(({ scope }) => scope === 'live');

/** @throws UserError BAD_URL. */
export function refuseBadUrl(url: string): void {
  if (!isUrl(url) || !URL.canParse(url)) throw badUrl(url);
}

/** @throws UserError BAD_ORIGIN: a header Origin has a scheme, a host and a port, and nothing else. */
function refuseBadOrigin(origin: string): void {
  if (isUrl(origin) && URL.canParse(origin) && new URL(origin).origin === origin) return;
  throw new UserError('BAD_ORIGIN', {
    what: `${origin} is not the origin of a page.`,
    why: 'It has a scheme, a host and perhaps a port, and nothing behind them.',
    next: 'Write it like this: https://app.example.com',
  });
}

/**
 * Looks at a live app from outside, and judges it.
 *
 * @param url A valid one.
 * @throws UserError INTERRUPTED, BAD_ORIGIN.
 */
export async function lookLive(url: string, options: LiveOptions): Promise<LookedLive> {
  const { expect, origin, signal, scripts, files } = options;
  if (origin !== undefined) refuseBadOrigin(origin);
  const { lookAtLive, servedBy } = await import('../probe/index.js'); // loaded here: a folder is examined without it
  const closer = { ...(origin && { origin }) };
  const given = { ...(expect && { expect }), ...(signal && { signal }), ...(scripts && { scripts }) };
  const asked = { polls: mostPolls, closer, ...given };
  const look = await lookAtLive(url, asked);
  if (signal?.aborted) throw nothingChanged();
  const shown = urlWithoutLogin(url);
  const facts = { kind: 'live', target: shown, at: Date.now(), ...look, ...(files && { files }) } as const;
  const { diagnoses, skipped } = runRules(liveRules, facts, withoutUnknownRules(options, liveRules));
  return { report: liveReport(shown, look, servedBy(look.exchanges)), diagnoses, skipped };
}

function badUrl(target: string): UserError {
  const [, host = '', port = ''] = /^https?:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)(?::([^/?#]*))?/i.exec(target) ?? [];
  const portFault = /^\d*$/.test(port) && Number(port) <= 65_535 ? undefined : 'Its port is not a number up to 65535.';
  const isWeb = isUrl(target) ? undefined : 'It does not begin with http:// or https://.';
  return new UserError('BAD_URL', {
    what: `${target} is not a URL.`,
    why: isWeb ?? (host === '' ? 'It has no host.' : (portFault ?? `${host} is not the name of a host.`)),
    next: `Write it like this: ${iisnodeSock} doctor http://localhost/dante/`,
  });
}
