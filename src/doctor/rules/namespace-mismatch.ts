import { nearestName } from '../../nearest-name.js';
import { clientTarget, type SocketClient } from '../../source/index.js';
import { hostedElsewhere, serverPaths } from '../facts/realtime.js';
import type { Facts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** They get the server and open no namespace. */
const openNone = new Set(['@azure/web-pubsub-socket.io', '@socket.io/sticky']);

/** Names, and expressions that names match. */
type Namespaces = readonly (string | RegExp)[];

/** What the server opens; undefined where nobody can be sure of all. */
function openNamespaces({ server, package: { socketIo } }: Facts): Namespaces | undefined {
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
  /** What stands before it. */
  readonly prefix: string;
  /** Where the app sits: as it is known, else what stands before the namespace. */
  readonly vdirPath: string;
}

/** The namespace behind a vdir path, the app's own or any other. */
function meantBy(asked: string, open: Namespaces, vdirPath: string | undefined): Meant | undefined {
  const known = vdirPath === '/' ? undefined : vdirPath;
  if (known !== undefined && asked === known) return { namespace: '/', prefix: known, vdirPath: known };
  // '/chat/' is a slip for '/chat', but '/dante/' is the app's own address
  const isName = (at: number): boolean => at < asked.length - 1 || asked === `${known}/`;
  const [start] = [...asked.matchAll(/(?<=.)\//g)]
    .map(({ index }) => index)
    .filter((at) => isName(at) && isOpen(open, asked.slice(at)));
  if (start === undefined) return undefined;
  const prefix = asked.slice(0, start);
  return { namespace: asked.slice(start), prefix, vdirPath: known ?? prefix };
}

function isOpen(open: Namespaces, asked: string): boolean {
  return open.some((each) =>
    typeof each === 'string' ? each === asked : new RegExp(each.source, each.flags).test(asked),
  );
}

/** What to write, with the path the client has, the server's, or the one that was meant. */
function callFor(facts: Facts, { options }: SocketClient, { namespace, vdirPath }: Meant): string {
  const [known] = serverPaths(facts).flatMap(({ path }) => (path === undefined || path === '/socket.io' ? [] : [path]));
  const path = options.path?.text ?? `'${known ?? `${vdirPath}/socket.io`}'`;
  return namespace === '/' ? `io({ path: ${path} })` : `io('${namespace}', { path: ${path} })`;
}

function findClosedNamespace(facts: Facts, client: SocketClient, open: Namespaces): RuleFinding | undefined {
  const asked = namespaceOf(client);
  if (asked === undefined || isOpen(open, asked)) return undefined;
  const vdirPath = facts.vdirPath?.path;
  const meant = meantBy(asked, open, vdirPath);
  const target = clientTarget(client);
  // Of another host nobody knows whether it is this app's, unless the address holds the app's own vdir path.
  const isOurs =
    target === 'here' ||
    target === 'local' ||
    (target === 'elsewhere' && meant !== undefined && meant.prefix === vdirPath);
  if (!isOurs) return undefined;
  const names = open.filter((each) => typeof each === 'string');
  const near = nearestName(asked.replace(/(?<=.)\/$/, ''), names.slice(1));
  return {
    message: `The client asks for the namespace ${asked}, and the server opens ${open.join(', ')} only${meant ? `: what stands behind the host in io() is the namespace, not the path, and ${placeOf(meant)}` : ''}.`,
    fix: meant
      ? callFor(facts, client, meant)
      : near
        ? `io('${near}')`
        : `io.of('${asked}') on the server, or ${listed(names)}`,
    at: client.at,
  };
}

const placeOf = ({ prefix, vdirPath }: Meant): string =>
  prefix === vdirPath ? `${prefix} belongs into the path` : `the app is at ${vdirPath}`;

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
      .map((client) => findClosedNamespace(facts, client, open))
      .filter((finding) => finding !== undefined);
  },
});
