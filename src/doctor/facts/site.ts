import path from 'node:path';
import { type AppConfiguration, literalNames } from '../../app/index.js';
import type { ConfigError, ConfigNote, EffectiveElement, Origin } from '../../config/index.js';
import { isBelow } from '../../files/index.js';
import { ConfigSnapshot } from '../../pipeline/index.js';
import {
  type HandlerList,
  type HandlerMapping,
  readHandlers,
  readWebSocket,
  type WebSocketSettings,
} from '../../pipeline/sections/index.js';
import { compileRewrite, type RewriteConfig, type RewriteRule } from '../../rewrite/index.js';
import type { AppFolder } from '../../source/index.js';
import { faultKey } from '../../webconfig/index.js';
import { isHandledByIisnode, type Journey, type JourneyOptions, type JourneyWorld, journeyOf } from './journey.js';

/** The app's configuration in IIS, on a server with the default configuration, unlocked: plain data. */
export interface SiteFacts {
  /** '/' when the vdir path is unknown: relative rules work the same at every path. */
  readonly vdirPath: string;
  /** All errors for which IIS answers 500.19, each once. */
  readonly problems: readonly ConfigError[];
  /** Sections whose content cannot be read here. */
  readonly encrypted: readonly ConfigNote[];
  /** undefined when the section itself is broken. */
  readonly handlers: HandlerList | undefined;
  /** iisnode handlers of this web.config, or of a file in its configSource. */
  readonly iisnodeHandlers: readonly HandlerMapping[];
  readonly webSocket: WebSocketSettings | undefined;
  readonly rewrite: RewriteConfig | undefined;
  /** Rules that make every request fail with 500.50, with the reason. */
  readonly rewriteProblems: readonly { readonly message: string; readonly rule: RewriteRule | undefined }[];
}

/** Queries about the site, each computed when a rule calls it; undefined (or false) where there is no site. */
export interface SiteQueries {
  /**
   * The effective section for the app, or for one of its files (relative, forward slashes), which may have a <location>:
   * `system.webServer/iisnode`; undefined when it is invalid.
   */
  section(path: string, file?: string): EffectiveElement | undefined;
  /** The WebSocket module for requests that a rule leads to this file; undefined while the section is invalid. */
  webSocketAt(file: string): WebSocketSettings | undefined;
  /** A value of appSettings, which node gets as an environment variable; keys are compared ignoring case. */
  appSetting(key: string): string | undefined;
  /** The position of that value. */
  appSettingOrigin(key: string): Origin | undefined;
  /** The final path of a URL, relative to the app, without a leading slash. undefined while sections are invalid. */
  journey(relativeUrl: string, options?: Omit<JourneyOptions, 'rules'>): Journey | undefined;
  /** The same with these rules instead of the site's own. */
  journeyWith(
    rules: readonly RewriteRule[],
    relativeUrl: string,
    options?: Omit<JourneyOptions, 'rules'>,
  ): Journey | undefined;
  /** Does iisnode get this URL of the app if it is the target of a rule? undefined while sections are invalid. */
  isHandledByIisnode(relativeUrl: string): boolean | undefined;
  /** Applications of the same site below the app, with what they inherit from it that breaks them. */
  children(): readonly ChildApp[];
  /** Does IIS send this file of the app (relative, forward slashes) to clients? False while sections are invalid. */
  handsOut(file: string): boolean;
  /**
   * The URL at which the site's root sends a file of the app (relative, forward slashes) to clients: the app's folder is below that of the
   * root, under another URL than its own. undefined where it does not, or where the root is unknown.
   */
  handsOutAbove(file: string): string | undefined;
}

/** An application below the app. */
export interface ChildApp {
  readonly path: string;
  /** Its errors that IIS reports below the app and not in the app itself. */
  readonly problems: readonly ConfigError[];
  /** The rule of the app that takes its first page away from it. */
  readonly takenBy: RewriteRule | undefined;
}

interface Site {
  /** undefined while web.config is missing or not well-formed. */
  readonly site: SiteFacts | undefined;
  readonly queries: SiteQueries;
}

const nothing = (): undefined => undefined;
const noSite: Site = {
  site: undefined,
  queries: {
    section: nothing,
    webSocketAt: nothing,
    appSetting: nothing,
    appSettingOrigin: nothing,
    journey: nothing,
    journeyWith: nothing,
    isHandledByIisnode: nothing,
    children: () => [],
    handsOut: () => false,
    handsOutAbove: nothing,
  },
};

/** The app's configuration for the rules. */
export function readSite(folder: AppFolder, configuration: AppConfiguration | undefined): Site {
  if (configuration === undefined) return noSite;
  const { vdirPath, model, at, handlers, rewrite: rewriteConfig } = configuration;
  const compiled = rewriteConfig && compileRewrite(rewriteConfig);
  const prefix = vdirPath === '/' ? '/' : `${vdirPath}/`;
  const world: JourneyWorld | undefined = handlers &&
    rewriteConfig && {
      folder,
      vdirPath,
      snapshot: new ConfigSnapshot(model),
      site: at.site,
      handlers: handlers.mappings,
    };
  const journeyIn = (relativeUrl: string, asked: JourneyOptions = {}): Journey | undefined => {
    const journey = world && journeyOf(world, prefix + relativeUrl, asked);
    const isBroken = journey?.outcome.kind === 'error' && journey.outcome.configError !== undefined;
    return isBroken ? undefined : journey;
  };
  const handsOut = (file: string): boolean => {
    const journey = journeyIn(file.split('/').map(encodeURIComponent).join('/'));
    return journey?.outcome.kind === 'file' && journey.target === file;
  };
  const above = folderAbove(configuration, folder.root);
  const handsOutAbove = (file: string): string | undefined => {
    if (above === undefined || world === undefined) return undefined;
    const url = `/${[...above, ...file.split('/')].map(encodeURIComponent).join('/')}`;
    const { outcome, path: end, rewrite } = journeyOf(world, url);
    const isSame = rewrite.kind !== 'rewrite' && decodeURIComponent(url).toLowerCase() === end.toLowerCase();
    return outcome.kind === 'file' && isSame ? url : undefined;
  };
  // A <location> of a program has handlers of its own.
  for (const name of configuration.iisnodeHandlers.flatMap((mapping) => literalNames(mapping.path)))
    configuration.attempt(() => readHandlers(model, model.locate(at.site, prefix + name)));
  const site: SiteFacts = {
    vdirPath,
    problems: configuration.problems,
    encrypted: model.notes(at).filter(({ kind }) => kind === 'encrypted'),
    handlers,
    iisnodeHandlers: configuration.iisnodeHandlers,
    webSocket: configuration.attempt(() => readWebSocket(model, at)),
    rewrite: rewriteConfig,
    rewriteProblems: (compiled?.problems ?? []).map(({ message, rule }) => ({ message, rule })),
  };
  const queries: SiteQueries = {
    section: (name, file) => configuration.section(name, file),
    webSocketAt: (file) => configuration.attempt(() => readWebSocket(model, model.locate(at.site, prefix + file))),
    appSetting: (key) => configuration.appSetting(key)?.value,
    appSettingOrigin: (key) => configuration.appSetting(key)?.origin,
    handsOut,
    handsOutAbove,
    children: () => childrenOf(configuration, world),
    journey: journeyIn,
    journeyWith: (rules, relativeUrl, options) =>
      rewriteConfig &&
      journeyIn(relativeUrl, { ...options, rules: compileRewrite({ ...rewriteConfig, globalRules: [], rules }) }),
    isHandledByIisnode: (relativeUrl) => world && isHandledByIisnode(world, prefix + relativeUrl),
  };
  return { site, queries };
}

/** The app's folder below the one of the site's root, name by name; undefined where its URLs there are an application's, or it is not below. */
function folderAbove({ at }: AppConfiguration, directory: string): readonly string[] | undefined {
  const root = at.site.applications
    .find((each) => each.path === '/')
    ?.virtualDirectories.find((each) => each.path === '/');
  const below = root === undefined ? '' : path.relative(root.physicalPath, directory);
  if (root === undefined || below === '' || !isBelow(root.physicalPath, directory)) return undefined;
  const names = below.split(path.sep);
  const url = `/${names.join('/')}/`.toLowerCase();
  const isOfApp = at.site.applications.some(
    (each) => each.path !== '/' && url.startsWith(`${each.path.toLowerCase()}/`),
  );
  return isOfApp ? undefined : names;
}

/** The applications below the app that the surroundings name. */
function childrenOf(configuration: AppConfiguration, world: JourneyWorld | undefined): readonly ChildApp[] {
  const { model, at, vdirPath, problems } = configuration;
  const prefix = vdirPath === '/' ? '/' : `${vdirPath.toLowerCase()}/`;
  const below = at.site.applications.filter(
    ({ path }) =>
      path !== '/' && path.toLowerCase().startsWith(prefix) && path.toLowerCase() !== vdirPath.toLowerCase(),
  );
  const known = new Set(problems.map(faultKey));
  return below.map(({ path }) => {
    const errors = model.errors(model.locate(at.site, `${path}/`));
    const journey = world && journeyOf(world, `${path}/`);
    const isLost = journey !== undefined && !journey.path.toLowerCase().startsWith(`${path.toLowerCase()}/`);
    return {
      path,
      problems: errors.filter((error) => !known.has(faultKey(error))),
      takenBy: isLost ? journey.applied[0]?.rule : undefined,
    };
  });
}
