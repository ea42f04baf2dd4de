import { clientTarget, type PageFacts, type SocketClient, switchIn } from '../../source/index.js';
import type { TextEdit } from '../../xml/index.js';
import { relativePathToApp } from '../facts/page-url.js';
import { hostedElsewhere, isBehindProxy, serverPaths, withoutEndSlash } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { socketsFail } from './symptoms.js';

interface FixData {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

/** The path that the client must request; undefined when it is unknown. */
function expectedPath(facts: FileFacts): string | undefined {
  const { vdirPath } = facts;
  const paths = new Set(serverPaths(facts).map(({ path }) => path));
  const [only] = paths;
  // One without a slash at its beginning answers nowhere: SOCKET_PATH_MISMATCH_SERVER reports it.
  const known = paths.size === 1 && only?.startsWith('/') ? only : undefined;
  if (vdirPath === undefined || vdirPath.path === '/') return known;
  if (facts.loader?.strips) return `${vdirPath.path}${known ?? '/socket.io'}`;
  if (known?.startsWith(`${vdirPath.path}/`)) return known;
  return `${vdirPath.path}/socket.io`;
}

/** Is it known where the app's socket.io answers? Not where a path is computed, where no server is seen, and where there are several. */
const hasOnePath = (facts: FileFacts): boolean => {
  const paths = new Set(serverPaths(facts).map(({ path }) => path));
  return paths.size === 1 && !paths.has(undefined);
};

/** The vdir path, where what a client asks for is not below it: the app never gets that. */
function outsideOf({ vdirPath }: FileFacts, asked: string): string | undefined {
  const isInside = vdirPath === undefined || vdirPath.path === '/' || asked.startsWith(`${vdirPath.path}/`);
  return isInside ? undefined : vdirPath.path;
}

/** The loader changes the client script that the server serves: it connects below the vdir path. What a bundler put in it does not see. */
function byLoader(facts: FileFacts, { from }: SocketClient, path = '/socket.io'): Pick<RuleFinding, 'loader'> {
  const isOfServer = (src: string): boolean => isClientScript(src, '/socket.io') || isClientScript(src, path);
  // The page that has defined it may be another template, of the layout.
  const isServed =
    from === undefined
      ? facts.pages.some((page) => page.scripts.some(({ src }) => isOfServer(src) || isCopyByNode(facts, page, src)))
      : isOfServer(from);
  const isPathOfServer = serverPaths(facts).every((server) => server.path === undefined || server.path === path);
  if (!isServed || !isPathOfServer) return {};
  return { loader: { says: `has pages that connect to ${path}, without the vdir path`, by: 'stripVdirPath' } };
}

/** A copy of the client script among the app's own files, which node serves: the loader knows it by its name, and changes its text. */
function isCopyByNode({ folder, query, vdirPath }: FileFacts, { files }: PageFacts, src: string): boolean {
  const [, url = '', name] = /^(?!\w+:|\/\/)((?:[^?#]*\/)?(socket\.io[\w.-]*\.js))(?:\?|$)/.exec(src) ?? [];
  const file = name && files.find((each) => each === name || each.endsWith(`/${name}`));
  if (!file || !/\.path\s*\|\|\s*["']\/socket\.io["']/.test(folder.read(file) ?? '')) return false;
  const { path: vdir = '/' } = vdirPath ?? {};
  const below = url.startsWith(`${vdir}/`) ? url.slice(vdir.length) : url;
  return /^(iisnode|http-platform)$/.test(query.journey(below.replace(/^\.?\//, ''))?.outcome.kind ?? '');
}

/** Is it the client script that a socket.io server at `path` serves: '/live/socket.io.min.js', 'live/socket.io.js'? */
function isClientScript(src: string, path: string): boolean {
  const [, folder = ''] = /^(?!\w+:|\/\/)(.*?)\/?socket\.io(?:\.\w+)*\.js$/.exec(src) ?? [];
  return `/${folder}`.endsWith(path);
}

/** Another server, or its own port, which FIXED_PORT reports. */
const isElsewhere = (client: SocketClient): boolean => /^(elsewhere|port)$/.test(clientTarget(client));

/** socket.io's path relative to the page, for every vdir path; undefined when the page's URL is unknown. */
function socketPathFromPage(facts: FileFacts, page: PageFacts, expected: string): string | undefined {
  const up = relativePathToApp(facts, page);
  return up !== undefined && expected.endsWith('/socket.io') ? `${up}socket.io` : undefined;
}

/** A bundle has what its source says when it is built. */
export const inSource = ' in the source of this bundle, and build it again';

/** Code that works at every vdir path, if possible, else at this one. */
function optionFor(facts: FileFacts, page: PageFacts, expected: string): string {
  const beside = socketPathFromPage(facts, page, expected);
  return beside === undefined ? `path: '${expected}'` : `path: new URL('${beside}', location.href).pathname`;
}

/** Adds the option and removes a developer's own address. A bundle keeps the old code until the next build, so its source is left alone. */
function pathOptionFix({ isBundled }: PageFacts, client: SocketClient, option: string): FixData | undefined {
  const { options, at } = client;
  const { spot } = options;
  if (!spot || isBundled) return undefined;
  const address = clientTarget(client) === 'local' ? client.url : undefined;
  if (!address) return { file: at.file, edits: [insertion(spot.at, `${spot.before}${option}${spot.after}`)] };
  const isAlone = spot.at >= address.span.end && spot.before.startsWith(',');
  if (isAlone) return { file: at.file, edits: [{ span: address.span, text: `{ ${option} }` }] };
  const edits = [{ span: address.span, text: '' }, insertion(spot.at, `${spot.before}${option}${spot.after}`)];
  return { file: at.file, edits };
}

const insertion = (at: number, text: string): TextEdit => ({ span: { start: at, end: at }, text });

function findClientMismatch(
  facts: FileFacts,
  page: PageFacts,
  client: SocketClient,
  expected: string,
): RuleFinding<FixData> | undefined {
  const { path, resource, known } = client.options;
  // The name of 0.9 is reported by REMOVED_SOCKET_API.
  if (isElsewhere(client) || resource) return undefined;
  const bare = withoutSlash(facts, client);
  if (bare !== undefined) return bare;
  const option = optionFor(facts, page, expected);
  const address = clientTarget(client) === 'local' ? client.url?.value : undefined;
  const host = address?.kind === 'literal' ? String(address.value) : undefined;
  const asks = `The client requests${host === undefined ? '' : ` ${host}, every visitor's own machine, at`}`;
  const fix = `${option}${host === undefined ? '' : `, without ${host}`}${client.isInBundle ? inSource : ''}`;
  if (path) {
    if (path.value.kind !== 'literal' || withoutEndSlash(String(path.value.value)) === expected) return undefined;
    const asked = withoutEndSlash(String(path.value.value));
    const found = { at: path.at, ...byLoader(facts, client, asked) };
    if (hasOnePath(facts))
      return { ...found, message: `${asks} ${path.value.value}, the server answers at ${expected}.`, fix };
    const outside = outsideOf(facts, asked);
    if (outside === undefined) return undefined;
    const message = `${asks} ${path.value.value}, outside of the vdir path ${outside}.`;
    return { ...found, message, fix: `path: '${outside}${asked}'${client.isInBundle ? inSource : ''}` };
  }
  if (!known || expected === '/socket.io') return undefined;
  const data = pathOptionFix(page, client, option);
  return {
    message: `${asks} /socket.io (the default), the server answers at ${expected}.`,
    fix:
      client.addressKey === undefined ? fix : `options: { ${option} }${host === undefined ? '' : `, without ${host}`}`,
    at: client.at,
    ...(host === undefined && byLoader(facts, client)),
    ...(data && { data }),
  };
}

/** engine.io serves what begins with its path and a slash, unless both ends leave the slash out. */
function withoutSlash(
  { server }: FileFacts,
  { options: { addTrailingSlash } }: SocketClient,
): RuleFinding<FixData> | undefined {
  const servers = server.scripts.flatMap(({ sockets }) => sockets.servers);
  const isSlashed =
    servers.length > 0 && servers.every(({ options }) => options.known && options.addTrailingSlash === undefined);
  if (addTrailingSlash === undefined || switchIn(addTrailingSlash) !== false || !isSlashed) return undefined;
  return {
    message:
      'The client requests its path without the slash at the end (addTrailingSlash: false), and the server answers with the slash only.',
    fix: 'Remove addTrailingSlash: false, or set it in the server as well.',
    at: addTrailingSlash.at,
  };
}

/** A proxy rule gets the URLs below the vdir path alone; which path it passes on is another question. */
function outsideOfProxy(facts: FileFacts, client: SocketClient): RuleFinding<FixData> | undefined {
  const { path, known, resource } = client.options;
  if (clientTarget(client) !== 'here' || resource || (path === undefined && !known)) return undefined;
  if (path !== undefined && path.value.kind !== 'literal') return undefined;
  const asked = path?.value.kind === 'literal' ? withoutEndSlash(String(path.value.value)) : '/socket.io';
  const outside = outsideOf(facts, asked);
  if (outside === undefined) return undefined;
  return {
    severity: 'warning',
    message: `The client requests ${asked}${path === undefined ? ' (the default)' : ''}, outside of the vdir path ${outside}: the proxy rule does not get it.`,
    why: 'Unless the site above has a rule for it, IIS answers the handshake with 404.',
    fix: `path: '${outside}${asked}'`,
    at: path?.at ?? client.at,
  };
}

/** What is wrong with the path that a client of a page requests. */
export function findMismatch(
  facts: FileFacts,
  page: PageFacts,
  client: SocketClient,
): RuleFinding<FixData> | undefined {
  if (isBehindProxy(facts)) return outsideOfProxy(facts, client);
  const expected = hostedElsewhere(facts) ? undefined : expectedPath(facts);
  return expected === undefined ? undefined : findClientMismatch(facts, page, client, expected);
}

/** The option that a client without a path needs; undefined where the default fits. */
export function missingOption(facts: FileFacts, page: PageFacts, { options }: SocketClient): string | undefined {
  const expected = expectedPath(facts) ?? '/socket.io';
  return options.path || expected === '/socket.io' ? undefined : optionFor(facts, page, expected);
}

/** The URL of a file of the client that the server serves, from a page: of 'socket.io.js'. */
export function scriptUrl(facts: FileFacts, page: PageFacts, name: string, expected = expectedPath(facts)): string {
  const folder = expected ?? '/socket.io';
  return `${socketPathFromPage(facts, page, folder) ?? folder}/${name}`;
}

function findUnconfiguredScripts(facts: FileFacts, page: PageFacts, expected: string): RuleFinding<FixData>[] {
  if (expected === '/socket.io') return [];
  return page.scripts
    .filter(({ src }) => /^\/socket\.io\/socket\.io(\.\w+)*\.js$/.test(src))
    .map(({ src, at, span }) => {
      const name = src.replace(/^\/socket\.io\//, '');
      const right = scriptUrl(facts, page, name, expected);
      return {
        message: `The page loads ${src} from the site's root, the server has it at ${expected}/${name}.`,
        fix: `<script src="${right}">`,
        at,
        loader: { says: `has pages that load ${src} from the site's root`, by: 'rewritePages' as const },
        data: { file: at.file, edits: [{ span, text: right }] },
      };
    });
}

/** The client requests another path than the server's. */
export const socketPathMismatchClient = defineRule<FixData>({
  code: 'SOCKET_PATH_MISMATCH_CLIENT',
  severity: 'error',
  disprovedBy: 'client',
  explains: socketsFail,
  title: "The client's socket.io path does not match the server's",
  why: "socket.io's client requests /socket.io at the site's root by default, and an app in a virtual directory gets only requests below that directory: 404.",
  help: `The browser does not derive socket.io's path from the page. Set it, preferably from the page's address, which is right
at every vdir path: io({ path: new URL('socket.io', location.href).pathname }), and load the client script relative to the page:
<script src="socket.io/socket.io.js">. --fix adds the option where there is none and removes http://localhost.`,
  check(facts) {
    const expected = hostedElsewhere(facts) ? undefined : expectedPath(facts);
    return facts.pages.flatMap((page) => [
      ...page.clients.map((client) => findMismatch(facts, page, client)).filter((finding) => finding !== undefined),
      ...(expected === undefined ? [] : findUnconfiguredScripts(facts, page, expected)),
    ]);
  },
  fix: (_facts, { data }) => (data ? [data] : []),
});
