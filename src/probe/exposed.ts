import { isDebugger, type Sign, signs, sourceSign } from './exposed-signs.js';
import type { ProbeAnswer, Visitor } from './visitor.js';
import { urlWithoutLogin } from './without-login.js';

/** A file that is not for visitors, and that they get. */
export interface Exposed {
  readonly kind: 'secrets' | 'source' | 'packages' | 'logs' | 'debugger';
  readonly url: string;
  /** Relative to the app: `.env`. */
  readonly name: string;
  /** What shows that it is that file, without values that may be secret. */
  readonly evidence: string;
}

export interface ExposedOptions {
  /** ms for each answer. */
  readonly timeout: number;
  /** Names of the server's own scripts, the entry point first; by default those that entry points usually have. */
  readonly scripts?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of each answer that are read: enough to recognise a file. */
const enough = 8_192;
const atOnce = 4;
const mostScripts = 6;
const usualEntries: readonly string[] = ['server.js', 'app.js', 'index.js'];

/** Asks for a short list of files that no visitor should get. A file counts as exposed where the answer really is that kind of file: an app may answer everything with its page. Never throws. */
export async function findExposed(app: URL, visitor: Visitor, options: ExposedOptions): Promise<readonly Exposed[]> {
  const { timeout, signal } = options;
  const scripts = (options.scripts ?? usualEntries).slice(0, mostScripts);
  const ask = async (name: string): Promise<ProbeAnswer | undefined> => {
    if (signal?.aborted === true) return undefined;
    return visitor.fetch(new URL(name, app), { timeout, enough, follows: false }).catch(() => undefined);
  };
  // What comes for a name that cannot exist is no file either when it comes for others.
  const [entry = 'server.js'] = scripts;
  const [nothing, noScript] = await Promise.all([ask('no-such-file.txt'), ask(`${entry}/debugx`)]);
  if (nothing === undefined) return [];
  const wanted: readonly Sign[] = [...signs, ...scripts.map(sourceSign)];
  const found = await inTurns(wanted, async ({ kind, name, evidenceIn }) => {
    const answer = await ask(name);
    if (answer?.status !== 200 || answer.body === nothing.body) return undefined;
    const evidence = evidenceIn(answer.body, answer.headers['content-type'] ?? '');
    return evidence === undefined ? undefined : { kind, name, url: urlWithoutLogin(answer.url), evidence };
  });
  const debug = await ask(`${entry}/debug`);
  if (debug === undefined || noScript === undefined || !isDebugger(debug, noScript)) return found;
  const evidence = `it redirects to ${debug.headers.location}, as iisnode does before it starts the debugger`;
  return [...found, { kind: 'debugger', name: `${entry}/debug`, url: urlWithoutLogin(debug.url), evidence }];
}

/** Runs a few at a time; what they find, in order. */
async function inTurns<Item, Found>(
  items: readonly Item[],
  run: (item: Item) => Promise<Found | undefined>,
): Promise<Found[]> {
  const results = new Array<Found | undefined>(items.length);
  const queue = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await run(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results.filter((each): each is Found => each !== undefined);
}
