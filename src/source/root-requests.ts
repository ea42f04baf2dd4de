import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { isRootUrl, type RootUrl } from './root-urls.js';
import { startInPage } from './value-in-page.js';
import { objectOf, propertyOf, readValue } from './values.js';

const requesters = /^(fetch|importScripts)$/;
/** `axios.get('/x')`, `$.post('/x')`, `http.get('/x')` of Angular, `navigator.sendBeacon('/x')`, `location.assign('/x')` */
const methods: readonly (readonly [owner: RegExp, method: RegExp])[] = [
  [/^(window|globalThis|self)$/, /^fetch$/],
  [
    /^(axios|\$|jQuery|ky|http|api|superagent|request)$/,
    /^(get|post|put|patch|delete|head|request|ajax|getJSON|load)$/,
  ],
  [/^navigator$/, /^sendBeacon$/],
  [/location$/, /^(assign|replace)$/],
  [/^Primus$/, /^connect$/],
];
const makers =
  /^(EventSource|ReconnectingEventSource|Worker|SharedWorker|Request|WebSocket|ReconnectingWebSocket|SockJS|Primus|Audio)$/;

/** Where the page of a script is taken to be, so that a URL that does not begin there begins at the site's root. */
const page = new URL('http://page.invalid/.folder-of-the-page/');

const isBelowPage = (pathname: string): boolean => pathname.startsWith(page.pathname.slice(0, -1));

const asking = [
  'CallExpression',
  'NewExpression',
  'AssignmentExpression',
  'ImportDeclaration',
  'ImportExpression',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
] as const;

/** What a script of a page asks the site's root for. */
export function readRootRequests(context: ScriptContext): RootUrl[] {
  return context.tree.ofType(...asking).flatMap((node) => {
    const asked = requestIn(node, context);
    const url = asked && rootUrlOf(asked, context);
    return url === undefined
      ? []
      : [
          {
            url,
            at: context.place(node.start),
            ...(isImport(node) && { isImport: true as const }),
            ...(isSocket(node) && { isSocket: true as const }),
          },
        ];
  });
}

const isSocket = (node: AnyNode): boolean =>
  node.type === 'NewExpression' && /^(Reconnecting)?WebSocket$/.test(nameOf(node.callee));

const isImport = ({ type }: AnyNode): boolean => /^(Import|Export)/.test(type);

function rootUrlOf(asked: AnyNode, { bindings }: ScriptContext): string | undefined {
  const value = readValue(asked, bindings);
  if (value.kind === 'environment') return undefined;
  if (value.kind === 'literal') return isRootUrl(String(value.value)) ? String(value.value) : undefined;
  // `new WebSocket('ws://' + location.host + '/live')`
  const start = startInPage(asked, bindings, { address: page, base: page }) ?? '';
  // `new URL('save', location.href).pathname` is a path below the page's own folder.
  if (isRootUrl(start)) return start.length > 1 && !isBelowPage(start) ? start : undefined;
  if (!/^(https?|wss?):/.test(start) || !URL.canParse(start)) return undefined;
  const { host, pathname, search } = new URL(start);
  return host === page.host && !isBelowPage(pathname) ? pathname + search : undefined;
}

/** The expression that is the URL of a request, if `node` makes one. */
function requestIn(node: AnyNode, context: ScriptContext): AnyNode | undefined {
  switch (node.type) {
    case 'CallExpression':
    case 'NewExpression':
      return urlOf(node, context);
    case 'AssignmentExpression': {
      // `location = '/x'`, `location.href = '/x'`, `image.src = '/x'`
      const name = node.left.type === 'Identifier' ? node.left.name : (propertyName(node.left) ?? '');
      const owner = node.left.type === 'MemberExpression' ? nameOf(node.left.object) : '';
      const isUrl = /^(location|src|action)$/.test(name) || (name === 'href' && /location$/.test(owner));
      return isUrl ? node.right : undefined;
    }
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return isForBrowser(node.source) ? node.source : undefined;
    default:
      return undefined;
  }
}

/**
 * `import { io } from '/socket.io/socket.io.esm.min.js'`: a browser's import, for no bundler has such a file. It takes another
 * import from the root, '/src/main.js', from its own folder.
 */
function isForBrowser(source: AnyNode | null | undefined): source is AnyNode {
  if (source?.type !== 'Literal') return false;
  const address = String(source.value);
  const name = address.slice(Math.max(0, address.lastIndexOf('socket.io')));
  return address.startsWith('/') && /^socket\.io(\.\w+)*\.js$/.test(name);
}

function urlOf({ type, callee, arguments: given }: CallExpression | NewExpression, context: ScriptContext) {
  const [first, second] = given;
  if (type === 'NewExpression') return urlOfNew(nameOf(callee), given, context);
  if (callee.type === 'Identifier') return requesters.test(callee.name) ? first : undefined;
  const method = propertyName(callee) ?? '';
  const owner = callee.type === 'MemberExpression' ? nameOf(callee.object) : '';
  // `xhr.open('POST', '/x')`
  if (method === 'open' && given.length > 1) return owner === 'window' ? first : second;
  return methods.some(([owners, names]) => owners.test(owner) && names.test(method)) ? first : undefined;
}

function urlOfNew(name: string, given: NewExpression['arguments'], { bindings }: ScriptContext): AnyNode | undefined {
  // `new Faye.Client('/faye')`
  if (makers.test(name) || name === 'Client') return given[0];
  if (name !== 'Peer') return undefined;
  // `new Peer(id, { host: '/', path: '/peerjs' })`; at another host the path is not this site's.
  const options = given.map((each) => objectOf(each, bindings)).find((each) => each !== undefined);
  const host = options && propertyOf(options, 'host', bindings);
  const isHere = host !== undefined && isOwnHost(readValue(host, bindings), startInPage(host, bindings, here));
  return options && isHere ? propertyOf(options, 'path', bindings) : undefined;
}

const here = { address: page, base: page };

function isOwnHost(value: ReturnType<typeof readValue>, start: string | undefined): boolean {
  return (value.kind === 'literal' && value.value === '/') || start === page.hostname;
}

const nameOf = (node: AnyNode): string => (node.type === 'Identifier' ? node.name : (propertyName(node) ?? ''));
