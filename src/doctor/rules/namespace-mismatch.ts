import { nearestName } from '../../nearest-name.js';
import { mayMatch } from '../../rewrite/index.js';
import { clientTarget, type SocketClient } from '../../source/index.js';
import { hostedElsewhere, serverPaths } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** Packages that get the server and open no namespace. */
const openNone = new Set(['@azure/web-pubsub-socket.io', '@socket.io/sticky']);

/** Names, and regular expressions for names. */
type Namespaces = readonly (string | RegExp)[];

/** The namespaces that the server opens; undefined where the list may be incomplete. */
function openNamespaces({ server, package: { socketIo } }: FileFacts): Namespaces | undefined {
  const { scripts, isWhole } = server;
  if (!isWhole || socketIo.major === 0 || !scripts.some(({ sockets }) => sockets.servers.length > 0)) return undefined;
  const isKnown = ({ namespaces, reach }: FileFacts['server']['scripts'][number]): boolean =>
    namespaces.isKnown && reach.handedTo.every((name) => openNone.has(name));
  if (!scripts.every(isKnown)) return undefined;
  return ['/', ...scripts.flatMap(({ namespaces }) => namespaces.opened)];
}

const withoutQuery = (address: string): string => address.slice(0, /[?#]/.exec(address)?.index);

/** The part after the host of an address: '/chat'; undefined when there is none. */
export const behindHost = (address: string): string | undefined =>
  /^[^/]*(\/.*)$/.exec(withoutQuery(address).replace(/^([a-z]+:)?\/\//i, ''))?.[1];

/** The namespace in the argument of io(): everything after the host (socket.io-client, lib/url.ts). Undefined: computed. */
function namespaceOf({ url }: SocketClient): string | undefined {
  if (url === undefined) return '/';
  if (url.value.kind !== 'literal') {
    // `location.origin + '/chat'`, `${location.origin}/chat`
    const [, added, filled] =
      /^(?:window\.|document\.)?location\.origin\s*\+\s*['"]([^'"]*)['"]$|^`\$\{(?:window\.|document\.)?location\.origin\}([^`$]*)`$/.exec(
        url.text,
      ) ?? [];
    const path = withoutQuery(added ?? filled ?? '');
    return path.startsWith('/') ? path : undefined;
  }
  const address = withoutQuery(String(url.value.value));
  if (/^\/(?!\/)/.test(address)) return address;
  return behindHost(address) ?? '/';
}

interface Meant {
  readonly namespace: string;
  /** The text before it. */
  readonly prefix: string;
  /** The app's vdir path if known, else the text before the namespace. */
  readonly vdirPath: string;
}

/** The namespace after a vdir path, the app's own or another one. */
function namespaceAfterVdirPath(asked: string, open: Namespaces, vdirPath: string | undefined): Meant | undefined {
  const known = vdirPath === '/' ? undefined : vdirPath;
  if (known !== undefined && asked === known) return { namespace: '/', prefix: known, vdirPath: known };
  // '/chat/' is a mistake for '/chat', but '/dante/' is the app's own address
  const isName = (at: number): boolean => at < asked.length - 1 || asked === `${known}/`;
  const [start] = [...asked.matchAll(/(?<=.)\//g)]
    .map(({ index }) => index)
    .filter((at) => isName(at) && isOpen(open, asked.slice(at)));
  if (start === undefined) return undefined;
  const prefix = asked.slice(0, start);
  return { namespace: asked.slice(start), prefix, vdirPath: known ?? prefix };
}

function isOpen(open: Namespaces, asked: string): boolean {
  return open.some((each) => (typeof each === 'string' ? each === asked : mayMatch(each, asked)));
}

/** The code to write, with the client's path, the server's path, or the path that was meant. */
function callFor(facts: FileFacts, { options }: SocketClient, { namespace, vdirPath }: Meant): string {
  const [known] = serverPaths(facts).flatMap(({ path }) => (path === undefined || path === '/socket.io' ? [] : [path]));
  const path = options.path?.text ?? `'${known ?? `${vdirPath}/socket.io`}'`;
  return namespace === '/' ? `io({ path: ${path} })` : `io('${namespace}', { path: ${path} })`;
}

function findClosedNamespace(facts: FileFacts, client: SocketClient, open: Namespaces): RuleFinding | undefined {
  const asked = namespaceOf(client);
  if (asked === undefined || isOpen(open, asked)) return undefined;
  const vdirPath = facts.vdirPath?.path;
  const meant = namespaceAfterVdirPath(asked, open, vdirPath);
  const target = clientTarget(client);
  // Whether another host serves this app is unknown, unless the address contains the app's vdir path.
  const isOfThisApp =
    target === 'here' ||
    target === 'local' ||
    (target === 'elsewhere' && meant !== undefined && meant.prefix === vdirPath);
  if (!isOfThisApp) return undefined;
  const names = open.filter((each) => typeof each === 'string');
  const near = nearestName(asked.replace(/(?<=.)\/$/, ''), names.slice(1));
  return {
    message: `The client asks for the namespace ${asked}, and the server opens ${open.join(', ')} only${meant ? `: the part after the host in io() is the namespace, not the path, and ${meantPlace(meant)}` : ''}.`,
    fix: meant
      ? callFor(facts, client, meant)
      : near
        ? `io('${near}')`
        : `io.of('${asked}') on the server, or ${listed(names)}`,
    at: client.at,
  };
}

const meantPlace = ({ prefix, vdirPath }: Meant): string =>
  prefix === vdirPath ? `${prefix} belongs in the path` : `the app is at ${vdirPath}`;

const listed = (names: readonly string[]): string =>
  names.map((name) => (name === '/' ? 'io()' : `io('${name}')`)).join(' or ');

/** The client asks for a namespace that the server does not open, usually because a path was meant. */
export const namespaceMismatch = defineRule({
  code: 'NAMESPACE_MISMATCH',
  severity: 'error',
  disprovedBy: 'client',
  explains: ['HANDSHAKE_FAILED', 'WEBSOCKET_FAILED', 'LIVE_NAMESPACE_MISSING'],
  title: 'The client asks for a namespace that the server does not open',
  why: 'The connection opens, and the server answers it with connect_error "Invalid namespace": the socket never connects.',
  help: `The part after the host in io('/chat') or io('http://host/chat') is not a URL path but the name of a namespace, which the
server opens with io.of('/chat'). All namespaces use the same HTTP path on both ends: the option path, /socket.io by default.
So the vdir path of an app never belongs before the namespace. Instead of io('/myapp/chat') write io('/chat', { path:
'/myapp/socket.io' }), and instead of io('/myapp') write io({ path: '/myapp/socket.io' }). In a page it is best to derive the path from
the page's address, which is right at every vdir path: path: new URL('socket.io', location.href).pathname. Names must be exactly equal:
/chat/ is not /chat. Nothing is reported where the server computes the names of its namespaces, or passes itself to a package that may
open some.`,
  check(facts) {
    const open = hostedElsewhere(facts) ? undefined : openNamespaces(facts);
    if (open === undefined) return [];
    return facts.pages
      .flatMap(({ clients }) => clients)
      .map((client) => findClosedNamespace(facts, client, open))
      .filter((finding) => finding !== undefined);
  },
});
