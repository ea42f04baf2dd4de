import path from 'node:path';
import type { ClientCredentials, LiveClient } from '../source/index.js';
import { withoutEnd as trimmed } from '../trimmed.js';
import type { LoadedPage } from './page-files.js';
import { isLoopback } from './visitor.js';

/** A connection of socket.io that the page's clients ask for. */
export interface SocketTarget {
  /** socket.io's path, without a slash at its end; where several are possible, the likeliest first. */
  readonly paths: readonly string[];
  readonly namespace: string;
  /** In the client's order; undefined: unknown. */
  readonly transports: readonly string[] | undefined;
  /** By what the server may know the client: query, headers, auth. */
  readonly sent?: ClientCredentials;
  /** False: the client asks at a path without a slash at its end. */
  readonly hasSlash?: boolean;
  /** The client: `client.js:12`, `line 3 of the page`; undefined where none was read. */
  readonly askedBy: string | undefined;
  /** The client's own code says the path. */
  readonly isRead?: boolean;
  /** The client takes its path from a value that was not read: the paths are where socket.io often is. */
  readonly isGuess?: boolean;
  /** Where no client was read: `server.js:4`, where the server is made. */
  readonly madeAt?: string | undefined;
}

/** A client that connects to another host. */
export interface ClientElsewhere {
  readonly origin: string;
  readonly at: string;
  /** `local`: the visitor's own machine; `port`: the page's host, another port; `host`: another host. */
  readonly kind: 'local' | 'port' | 'host';
  /** socket.io's path there. */
  readonly path: string;
}

/** Whom the clients of a page connect to. */
export interface SocketTargets {
  readonly here: readonly SocketTarget[];
  readonly elsewhere: readonly ClientElsewhere[];
}

/** More connections than a page of one's own opens. */
const most = 4;
const withoutEnd = (found: string): string => trimmed(found, '/') || '/';

/**
 * What the page's clients ask for, each connection once.
 * @param guesses Paths where the code of the page does not say one.
 * @param patched The vdir path that the loader's client script puts in front of paths; undefined: the script is socket.io's.
 */
export function targetsOf(page: LoadedPage, guesses: readonly string[], patched: string | undefined): SocketTargets {
  const here = new Map<string, SocketTarget>();
  const elsewhere = new Map<string, ClientElsewhere>();
  const shared: SharedConnection[] = [];
  for (const client of page.clients) {
    const { origin, namespace } = parseClientAddress(client, page.where.address);
    const at = clientPlace(client, page);
    const paths = pathsOf(client, guesses, patched);
    if (origin !== undefined) {
      const { hostname } = page.where.address;
      const kind = origin.hostname === hostname ? 'port' : isLoopback(origin.hostname) ? 'local' : 'host';
      const found = { origin: httpOrigin(origin), at, kind, path: paths[0] ?? '/socket.io' } as const;
      const place = `${found.origin} ${found.path}`;
      if (elsewhere.size < most && !elsewhere.has(place)) elsewhere.set(place, found);
      continue;
    }
    const isGuess = hasUnreadPath(client);
    const target = {
      paths,
      isGuess,
      isRead: !isGuess,
      namespace,
      askedBy: at,
      ...settingsOf(client, namespace, paths, shared),
    };
    const key = JSON.stringify([paths[0], namespace, target.hasSlash, target.sent]);
    if (here.size < most && !here.has(key)) here.set(key, target);
  }
  return { here: [...here.values()], elsewhere: [...elsewhere.values()] };
}

type Settings = Pick<SocketTarget, 'transports' | 'hasSlash' | 'sent'>;

/** A connection that a client opened, and that the later ones to the same path share. */
interface SharedConnection {
  readonly file: string;
  readonly path: string | undefined;
  readonly namespaces: Set<string>;
  readonly settings: Settings;
}

/**
 * Namespaces of one page share a connection, and its settings are those of the first: of a later client only `auth` counts, unless
 * it asks for a connection of its own or for the same namespace again (socket.io-client, lib/index.ts, lookup).
 */
function settingsOf(
  { at: { file }, transports, sent, hasSlash, isOwnConnection }: LiveClient,
  namespace: string,
  [path]: readonly string[],
  shared: SharedConnection[],
): Settings {
  const own = { transports, sent, hasSlash };
  if (isOwnConnection) return own;
  // Which of two files runs first is not known.
  const former = shared.find((each) => each.file === file && each.path === path);
  if (former === undefined) shared.push({ file, path, namespaces: new Set([namespace]), settings: own });
  if (former === undefined || former.namespaces.has(namespace)) return own;
  former.namespaces.add(namespace);
  const { settings } = former;
  const first = settings.sent ?? sent;
  const unread = [...sent.unread.filter((name) => name === 'auth'), ...first.unread.filter((name) => name !== 'auth')];
  return { ...settings, sent: { ...first, auth: sent.auth, unread } };
}

const httpOrigin = ({ protocol, host }: URL): string => `${protocol.replace(/^ws/, 'http')}//${host}`;

function clientPlace({ at }: LiveClient, { where }: LoadedPage): string {
  const name = path.posix.basename(new URL(at.file).pathname);
  return at.file === where.address.href ? `line ${at.line} of the page` : `${name}:${at.line}`;
}

/** As socket.io's client reads its first argument (socket.io-client, lib/url.ts). `origin` is set for another host. */
export function parseClientAddress(
  { address }: LiveClient,
  page: URL,
): { readonly origin?: URL; readonly namespace: string } {
  const given = address?.value;
  if (given === undefined || given === '') return { namespace: '/' };
  const full = given.startsWith('//') ? page.protocol + given : given.startsWith('/') ? page.host + given : given;
  const uri = /^(https?|wss?):\/\//.test(full) ? full : `${page.protocol}//${full}`;
  if (!URL.canParse(uri)) return { namespace: '/' };
  const url = new URL(uri);
  return url.host === page.host ? { namespace: url.pathname } : { origin: url, namespace: url.pathname };
}

const hasUnreadPath = ({ path: named }: LiveClient): boolean => named !== undefined && named.value === undefined;

function pathsOf(client: LiveClient, guesses: readonly string[], patched: string | undefined): readonly string[] {
  if (hasUnreadPath(client)) return guesses;
  const given = client.path?.value || '/socket.io';
  const absolute = withoutEnd(given.startsWith('/') ? given : `/${given}`);
  const isOutside = patched !== undefined && !`${absolute}/`.startsWith(`${patched}/`);
  return [isOutside ? patched + absolute : absolute];
}

/** The vdir path that the loader's client script puts in front of the path of a connection to its own host. */
export const patchedPath = (clientScript: string): string | undefined =>
  /\(path \+ '\/'\)\.indexOf\('([^']+)\/'\)/.exec(clientScript)?.[1];

/** The paths that a page names where none of its clients says one: as its code has it somewhere, as its script tag has it. */
export function namedPaths(page: LoadedPage | undefined, app: URL, given: string | undefined): readonly string[] {
  if (given !== undefined) return [withoutEnd(given)];
  const texts = page?.texts.map(({ text }) => text) ?? [];
  const tags = page?.clientScripts.filter(({ origin }) => origin === app.origin) ?? [];
  const all = [socketPathIn(texts), ...tags.map(({ pathname }) => withoutEnd(pathname.replace(/\/[^/]*$/, '')))];
  return [...new Set(all.filter((each) => each !== undefined))];
}

/** socket.io's path, where the page's code names one: `path: '/rt/socket.io'`. */
function socketPathIn(texts: readonly string[]): string | undefined {
  const found = texts.map((text) => /\bpath\s*:\s*(["'`])(\/[\w./~-]*\/socket\.io)\/?\1/.exec(text)?.[2]);
  return found.find((each) => each !== undefined);
}

/** Does a page show that it uses socket.io? engine.io's client has `EIO` in it, however it was bundled. */
export const usesSocketIo = ({ clients, clientScripts, texts }: LoadedPage): boolean =>
  clients.length > 0 ||
  clientScripts.length > 0 ||
  texts.some(({ text }) => /\bEIO\b|(?<!\/)\/socket\.io(?=["'`/])/.test(text) || callsIo(text));

/** A minifier gives the name `io` to any function; its lines are long, as no person writes them. */
export const callsIo = (text: string): boolean =>
  /(?<![.\w$])io(?:\.connect)?\s*\(/.test(text) && !/^[^\n]{1000}|\bfunction\s+io\b/m.test(text);
