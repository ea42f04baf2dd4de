import { nearestName } from '../../nearest-name.js';
import { hostedElsewhere, serverPaths } from '../facts/realtime.js';
import { clientTarget, type SocketClient } from '../source/socket-client.js';
import type { Facts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** They get the server and open no namespace. */
const openNone = new Set(['@azure/web-pubsub-socket.io', '@socket.io/sticky']);

/** What the server opens; undefined where nobody can be sure of all. */
function openNamespaces({ server, package: { socketIo } }: Facts): readonly (string | RegExp)[] | undefined {
  const { scripts, isWhole } = server;
  if (!isWhole || socketIo.major === 0 || !scripts.some(({ sockets }) => sockets.servers.length > 0)) return undefined;
  const isKnown = ({ namespaces, reach }: Facts['server']['scripts'][number]): boolean =>
    namespaces.isKnown && reach.handedTo.every((name) => openNone.has(name));
  if (!scripts.every(isKnown)) return undefined;
  return ['/', ...scripts.flatMap(({ namespaces }) => namespaces.opened)];
}

const withoutQuery = (address: string): string => address.replace(/[?#].*$/, '');

/** The namespace in what io() is given: all of it behind the host (socket.io-client, lib/url.ts). Undefined: computed. */
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
  return /^(?:[a-z]+:)?(?:\/\/)?[^/]*(\/.*)$/i.exec(address)?.[1] ?? '/';
}

interface Meant {
  readonly namespace: string;
  /** The vdir path that stands before it. */
  readonly prefix: string;
}

/** The namespace behind a vdir path: the known one, or what stands before a name that is open. */
function meantBy(asked: string, open: readonly (string | RegExp)[], vdirPath: string | undefined): Meant | undefined {
  const names = open.filter((each) => typeof each === 'string');
  if (vdirPath !== undefined && vdirPath !== '/') {
    if (asked !== vdirPath && !asked.startsWith(`${vdirPath}/`)) return undefined;
    const rest = asked.slice(vdirPath.length);
    const namespace = rest === '' ? '/' : rest;
    return isOpen(open, namespace) || namespace === '/' ? { namespace, prefix: vdirPath } : undefined;
  }
  const namespace = names.filter((name) => name !== '/' && asked.endsWith(name)).sort((a, b) => b.length - a.length)[0];
  return namespace === undefined ? undefined : { namespace, prefix: asked.slice(0, -namespace.length) };
}

function isOpen(open: readonly (string | RegExp)[], asked: string): boolean {
  return open.some((each) =>
    typeof each === 'string' ? each === asked : new RegExp(each.source, each.flags).test(asked),
  );
}

/** What to write, with the path the client has, the server's, or the one that was meant. */
function callFor(facts: Facts, { options }: SocketClient, { namespace, prefix }: Meant): string {
  const [known] = serverPaths(facts).flatMap(({ path }) => (path === undefined || path === '/socket.io' ? [] : [path]));
  const path = options.path?.text ?? `'${known ?? `${prefix}/socket.io`}'`;
  return namespace === '/' ? `io({ path: ${path} })` : `io('${namespace}', { path: ${path} })`;
}

function judge(facts: Facts, client: SocketClient, open: readonly (string | RegExp)[]): RuleFinding | undefined {
  const asked = namespaceOf(client);
  if (asked === undefined || isOpen(open, asked)) return undefined;
  const vdirPath = facts.vdirPath?.path;
  const meant = meantBy(asked, open, vdirPath);
  const target = clientTarget(client);
  // Of another host nobody knows whether it is this app's, unless the address holds the app's own vdir path.
  const isOurs = target === 'here' || target === 'local' || (target === 'elsewhere' && vdirPath !== undefined && meant);
  if (!isOurs) return undefined;
  const names = open.map((each) => (typeof each === 'string' ? each : String(each)));
  const near = nearestName(asked.replace(/(?<=.)\/$/, ''), names.slice(1));
  return {
    message: `The client asks for the namespace ${asked}, and the server opens ${names.join(', ')} only${meant ? `: what stands behind the host in io() is the namespace, not the path, and ${meant.prefix} belongs into the path` : ''}.`,
    fix: meant
      ? callFor(facts, client, meant)
      : near
        ? `io('${near}')`
        : `io.of('${asked}') on the server, or ${listed(names)}`,
    at: client.at,
  };
}

const listed = (names: readonly string[]): string =>
  names.map((name) => (name === '/' ? 'io()' : `io('${name}')`)).join(' or ');

/** The client asks for a namespace that the server does not open, most often because it is meant as a path. */
export const namespaceMismatch = defineRule({
  code: 'NAMESPACE_MISMATCH',
  severity: 'error',
  title: 'The client asks for a namespace that the server does not open',
  why: 'The connection opens, and the server answers it with connect_error "Invalid namespace": the socket never connects.',
  help: `What stands behind the host in io('/chat') or io('http://host/chat') is no URL path but the name of a namespace, which the
server opens with io.of('/chat'). Every namespace goes over the same HTTP path, /socket.io unless the option path says otherwise, on
both ends. So the vdir path of an app never belongs before the namespace: not io('/myapp/chat'), but io('/chat', { path:
'/myapp/socket.io' }); not io('/myapp'), but io({ path: '/myapp/socket.io' }). In a page the path is best derived from its own address,
right wherever the app sits: path: new URL('socket.io', location.href).pathname. Names are compared letter by letter: /chat/ is not /chat.
Nothing is said where the server computes the names of its namespaces, or a package gets the server and may open some.`,
  check(facts) {
    const open = hostedElsewhere(facts) ? undefined : openNamespaces(facts);
    if (open === undefined) return [];
    return facts.pages
      .flatMap(({ clients }) => clients)
      .map((client) => judge(facts, client, open))
      .filter((finding) => finding !== undefined);
  },
});
