import path from 'node:path';
import { chooseHandler, type HandlerList, type HandlerMapping } from '../../host/index.js';
import {
  type CompiledRewrite,
  cookUrl,
  type RewriteResult,
  type RewriteSite,
  type RuleStep,
  rewrite,
} from '../../rewrite/index.js';
import type { AppFolder } from '../../source/index.js';
import { literalNames } from './handler-names.js';

/** What becomes of one URL of the app: the rules that took it, and the handler that gets it. */
export interface Journey {
  /** As the browser sends it: '/dante/socket.io/?EIO=4&transport=websocket'. */
  readonly url: string;
  readonly result: RewriteResult;
  /** The rules that acted, in order. */
  readonly applied: readonly RuleStep[];
  /** URL path after the rules, relative to the app; undefined when the rules took it out of the app. */
  readonly target: string | undefined;
  readonly handler: HandlerMapping | undefined;
  readonly isIisnode: boolean;
}

export interface JourneyWorld {
  readonly folder: AppFolder;
  /** '/' or '/dante'. */
  readonly vdirPath: string;
  readonly compiled: CompiledRewrite;
  readonly handlers: HandlerList;
}

/** Does a handler give its requests to iisnode? */
export function isIisnodeHandler(mapping: HandlerMapping | undefined): boolean {
  return mapping?.modules.some((name) => name.toLowerCase() === 'iisnode') ?? false;
}

/** '/dante/a/b' in an app at '/dante' gives 'a/b'; undefined outside of the app. */
export function relativeToApp(urlPath: string, vdirPath: string): string | undefined {
  if (vdirPath === '/') return urlPath.slice(1);
  const inside = urlPath.toLowerCase().startsWith(`${vdirPath.toLowerCase()}/`);
  if (inside) return urlPath.slice(vdirPath.length + 1);
  return urlPath.toLowerCase() === vdirPath.toLowerCase() ? '' : undefined;
}

function siteOf({ folder, vdirPath }: JourneyWorld): RewriteSite {
  const inApp = (physicalPath: string): string => path.relative(folder.root, physicalPath).replaceAll(path.sep, '/');
  return {
    siteName: 'Default Web Site',
    siteId: 1,
    poolName: 'DefaultAppPool',
    applicationPath: vdirPath,
    applicationPhysicalPath: folder.root,
    sitePhysicalPath: vdirPath === '/' ? folder.root : path.dirname(folder.root),
    mapPath: (urlPath) => {
      const relative = relativeToApp(urlPath, vdirPath);
      return relative === undefined
        ? path.join(path.dirname(folder.root), '..', urlPath)
        : path.join(folder.root, relative);
    },
    isFile: (physicalPath) => folder.isFile(inApp(physicalPath)),
    isDirectory: (physicalPath) => folder.isDirectory(inApp(physicalPath)),
  };
}

/** Redirects followed before a rule that only wants another scheme or host has had its way. */
const mostRedirects = 3;

/** What a browser sends with a WebSocket handshake: rules may tell it from other requests by that. */
const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
const isHandshake = (url: string): boolean => /[?&]transport=websocket\b/.test(url);

/**
 * Sends a GET for `url`, a WebSocket handshake where the URL is one, through the rules and the handler mapping, with the same
 * functions the embedded IIS uses. Redirects to another scheme or host but the same path are followed: such a rule is no obstacle for those
 * who use the right address at once.
 */
export function travel(world: JourneyWorld, url: string): Journey {
  let scheme: 'http' | 'https' = 'https';
  let host = 'localhost';
  let result = run(world, url, scheme, host);
  for (let hops = 0; hops < mostRedirects && result.outcome.kind === 'redirect'; hops += 1) {
    const next = sameUrlElsewhere(result.outcome.location, url);
    if (!next) break;
    ({ scheme, host } = next);
    result = run(world, url, scheme, host);
  }
  return arrive(world, url, result);
}

function run(world: JourneyWorld, url: string, scheme: 'http' | 'https', host: string): RewriteResult {
  const cooked = cookUrl(url);
  const { path: cookedPath, query } = 'path' in cooked ? cooked : { path: '/', query: '' };
  return rewrite(
    {
      method: 'GET',
      scheme,
      host,
      rawUrl: url,
      path: cookedPath,
      query,
      headers: { host, 'user-agent': 'Mozilla/5.0', ...(isHandshake(url) && upgrade) },
      protocol: 'HTTP/1.1',
      remoteAddress: '127.0.0.1',
      remotePort: 50_000,
      localAddress: '127.0.0.1',
      localPort: scheme === 'https' ? 443 : 80,
    },
    world.compiled,
    siteOf(world),
  );
}

function sameUrlElsewhere(location: string, url: string): { scheme: 'http' | 'https'; host: string } | undefined {
  if (!URL.canParse(location)) return undefined;
  const { protocol, host, pathname } = new URL(location);
  if (pathname !== new URL(url, 'http://localhost').pathname) return undefined;
  return { scheme: protocol === 'http:' ? 'http' : 'https', host };
}

function arrive(world: JourneyWorld, url: string, result: RewriteResult): Journey {
  const applied = result.steps.filter(({ verdict }) => verdict === 'applied');
  const target = relativeToApp(result.path, world.vdirPath);
  const goesOn = result.outcome.kind === 'pass' || result.outcome.kind === 'rewrite';
  const choice =
    goesOn && target !== undefined
      ? chooseHandler(world.handlers, { path: result.path, verb: 'GET', target: (urlPath) => whatIs(world, urlPath) })
      : undefined;
  const handler = choice?.mapping;
  return { url, result, applied, target, handler, isIisnode: isIisnodeHandler(handler) };
}

/** What handlers name counts as there: that it is missing is a finding of its own, and must not look like a missing handler. */
function whatIs({ folder, vdirPath, handlers }: JourneyWorld, urlPath: string): 'file' | 'directory' | 'missing' {
  const relative = relativeToApp(urlPath, vdirPath);
  if (relative === undefined) return 'missing';
  if (folder.isFile(relative)) return 'file';
  const named = handlers.mappings.filter(isIisnodeHandler).flatMap((mapping) => literalNames(mapping.path));
  if (named.some((name) => name.toLowerCase() === relative.toLowerCase())) return 'file';
  return folder.isDirectory(relative) ? 'directory' : 'missing';
}
