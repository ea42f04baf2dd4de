import path from 'node:path';
import { isIisnodeHandler, literalNames, relativeToApp } from '../../app/index.js';
import type { SiteModel } from '../../config/index.js';
import {
  type ConfigSnapshot,
  type Decision,
  type Disk,
  decide,
  decideHandler,
  imaginedRequest,
  type Outcome,
  type PipelineRequest,
  type PipelineSite,
} from '../../pipeline/index.js';
import type { HandlerMapping } from '../../pipeline/sections/index.js';
import { type CompiledRewrite, handshakeHeaders, type RewriteOutcome, type RuleStep } from '../../rewrite/index.js';
import type { AppFolder } from '../../source/index.js';

/** How IIS handles one URL of the app. */
export interface Journey {
  /** As sent by the browser: '/dante/socket.io/?EIO=4&transport=websocket'. */
  readonly url: string;
  readonly outcome: Outcome;
  /** What the rewrite rules did, and a step for each of them. */
  readonly rewrite: RewriteOutcome;
  readonly rules: readonly RuleStep[];
  /** The rules that applied, in order. */
  readonly applied: readonly RuleStep[];
  /** URL path after the rules, and the same relative to the app; undefined when it is outside of the app. */
  readonly path: string;
  readonly target: string | undefined;
  readonly handler: HandlerMapping | undefined;
  readonly isIisnode: boolean;
}

export interface JourneyWorld {
  readonly folder: AppFolder;
  /** '/' or '/dante'. */
  readonly vdirPath: string;
  readonly snapshot: ConfigSnapshot;
  readonly site: SiteModel;
  readonly handlers: readonly HandlerMapping[];
}

/** The scheme, and the value of the Host header. */
export interface Address {
  readonly scheme: 'http' | 'https';
  readonly host: string;
}

const usualAddress: Address = { scheme: 'https', host: 'localhost' };

export interface JourneyOptions {
  /** GET by default. */
  readonly method?: string;
  /** The site's address for the client: https://localhost by default. */
  readonly address?: Address;
  /** Used instead of the site's own rules. */
  readonly rules?: CompiledRewrite;
  /** False: a redirect is the end of the journey, also to the same path on another scheme or host. */
  readonly followed?: boolean;
  /** A file of the app that will exist, such as a log: relative, forward slashes. */
  readonly file?: string;
}

/** The app's folder as the pipeline's disk. A program in a handler counts as existing: a missing one is a separate finding. */
function diskOf({ folder, handlers }: JourneyWorld, file?: string): Disk {
  const relative = (physicalPath: string): string => path.relative(folder.root, physicalPath).replaceAll(path.sep, '/');
  const named = handlers.filter(isIisnodeHandler).flatMap((mapping) => literalNames(mapping.path));
  const programs = new Set([...named, ...(file === undefined ? [] : [file])].map((name) => name.toLowerCase()));
  return {
    isFile: (physicalPath) =>
      folder.isFile(relative(physicalPath)) || programs.has(relative(physicalPath).toLowerCase()),
    isDirectory: (physicalPath) => folder.isDirectory(relative(physicalPath)),
  };
}

/** How many redirects to another scheme or host are followed. */
const mostRedirects = 3;

const isHandshake = (url: string): boolean => /[?&]transport=websocket\b/.test(url);

/**
 * Decides a request for `url` (GET by default; a WebSocket handshake if the URL is one), like the embedded IIS. Redirects to another
 * scheme or host with the same path are followed: such a rule does not affect clients that use the right address. With `rules` these
 * run instead of the site's own.
 */
export function journeyOf(
  world: JourneyWorld,
  url: string,
  { method = 'GET', rules, file, address = usualAddress, followed = true }: JourneyOptions = {},
): Journey {
  const { snapshot, site } = world;
  const place: PipelineSite = { snapshot, site, disk: diskOf(world, file), ...(rules && { rules }) };
  let at = address;
  let decision = decide(place, requestOf(url, at, method));
  for (let hops = 0; followed && hops < mostRedirects && decision.outcome.kind === 'redirect'; hops += 1) {
    const next = sameUrlElsewhere(decision.outcome.location, url, world.vdirPath);
    if (!next) break;
    at = next;
    decision = decide(place, requestOf(url, at, method));
  }
  return journeyFrom(world, url, decision);
}

/** Does iisnode get a URL of the app that is the target of a rule? It has passed rules and request filtering. undefined: 500.19 there. */
export function isHandledByIisnode(world: JourneyWorld, url: string): boolean | undefined {
  const { snapshot, site } = world;
  const request = requestOf(url, usualAddress);
  const { journey, outcome } = decideHandler({ snapshot, site, disk: diskOf(world) }, request);
  if (outcome.kind === 'error' && outcome.configError !== undefined) return undefined;
  return isIisnodeHandler(journey.handler?.mapping);
}

function requestOf(url: string, { scheme, host }: Address, method?: string): PipelineRequest {
  // Rules for sites behind a proxy ask for the client's scheme by this header.
  const headers = {
    'user-agent': 'Mozilla/5.0',
    'x-forwarded-proto': scheme,
    ...(isHandshake(url) && handshakeHeaders),
  };
  return imaginedRequest({ url, scheme, host, headers, ...(method !== undefined && { method }) });
}

/** The address of a redirect to the same URL. One that loses the vdir path counts: REDIRECT_LOSES_VDIR_PATH reports it. */
function sameUrlElsewhere(location: string, url: string, vdirPath: string): Address | undefined {
  if (!URL.canParse(location)) return undefined;
  const { protocol, host, pathname } = new URL(location);
  const asked = new URL(url, 'http://localhost').pathname;
  if (pathname !== asked && (vdirPath === '/' || vdirPath + pathname !== asked)) return undefined;
  return { scheme: protocol === 'http:' ? 'http' : 'https', host };
}

function journeyFrom({ vdirPath }: JourneyWorld, url: string, { outcome, journey }: Decision): Journey {
  const rules = journey.rewritten?.steps ?? [];
  const handler = journey.handler?.mapping;
  return {
    url,
    outcome,
    rewrite: journey.rewritten?.outcome ?? { kind: 'pass' },
    rules,
    applied: rules.filter(({ verdict }) => verdict === 'applied'),
    path: journey.path,
    target: relativeToApp(journey.path, vdirPath),
    handler,
    isIisnode: isIisnodeHandler(handler),
  };
}
