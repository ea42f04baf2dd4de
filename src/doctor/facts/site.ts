import path from 'node:path';
import { loadAppModel } from '../../app/index.js';
import { ConfigError, type ConfigNote, type EffectiveElement, type Origin } from '../../config/index.js';
import { ConfigSnapshot } from '../../pipeline/index.js';
import {
  type HandlerList,
  type HandlerMapping,
  readHandlers,
  readWebSocket,
  type WebSocketSettings,
} from '../../pipeline/sections/index.js';
import { compileRewrite, type RewriteConfig, type RewriteRule, readRewriteConfig } from '../../rewrite/index.js';
import type { AppFolder } from '../../source/index.js';
import { type FolderModel, isSameFault, loadWithoutFaults, serverFile } from '../../webconfig/index.js';
import type { XmlDocument } from '../../xml/index.js';
import {
  isHandledByIisnode,
  isIisnodeHandler,
  type Journey,
  type JourneyOptions,
  type JourneyWorld,
  journeyOf,
} from './journey.js';
import type { WebConfigFacts, WebConfigQueries } from './web-config.js';

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
  /** A value of appSettings, which node gets as an environment variable; keys are compared ignoring case. */
  appSetting(key: string): string | undefined;
  /** The position of that value. */
  appSettingOrigin(key: string): Origin | undefined;
  /** The final path of a URL, relative to the app, without a leading slash. undefined while sections are invalid. */
  journey(relativeUrl: string, options?: Omit<JourneyOptions, 'rules'>): Journey | undefined;
  /** The same with these rules instead of the site's own. */
  journeyWith(rules: readonly RewriteRule[], relativeUrl: string): Journey | undefined;
  /** Does iisnode get this URL of the app if it is the target of a rule? undefined while sections are invalid. */
  isHandledByIisnode(relativeUrl: string): boolean | undefined;
  /** Does IIS send this file of the app (relative, forward slashes) to clients? False while sections are invalid. */
  handsOut(file: string): boolean;
}

/** Runs a read; a ConfigError is a finding, not a failure. */
function collecting(problems: ConfigError[]): <T>(read: () => T) => T | undefined {
  return (read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // Only an API that reads a section without a schema gets this; IIS itself does not read it.
      if (error.kind === 'no-schema') return undefined;
      if (!problems.some((other) => isSameFault(other, error))) problems.push(error);
      return undefined;
    }
  };
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
    appSetting: nothing,
    appSettingOrigin: nothing,
    journey: nothing,
    journeyWith: nothing,
    isHandledByIisnode: nothing,
    handsOut: () => false,
  },
};

/**
 * The effective configuration of the app. IIS stops at the first error, but the doctor reports all errors and reads the rest of the
 * file: what IIS refuses is reported and left out. Throws only for a bug of ours.
 */
export function readSite(
  folder: AppFolder,
  webConfig: WebConfigFacts,
  isWebConfig: WebConfigQueries['isWebConfig'],
  wantedPath: string | undefined,
): Site {
  const vdirPath = wantedPath ?? '/';
  const problems: ConfigError[] = [];
  const attempt = collecting(problems);
  const { file, document } = webConfig;
  if (document === undefined) return noSite;
  const load = (current: XmlDocument): FolderModel =>
    loadAppModel(folder.root, { file, bytes: current.toBytes(), document: current }, vdirPath);
  const loaded = attempt(() => loadWithoutFaults(document, load, isWebConfig));
  if (!loaded) return noSite;
  const { model, at, faults } = loaded;
  for (const fault of faults) attempt(() => throwError(fault));
  return siteFactsOf(folder, { vdirPath, problems, attempt, model, at });
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function throwError(error: Error): never {
  throw error;
}

interface Loaded extends FolderModel {
  readonly vdirPath: string;
  readonly problems: ConfigError[];
  readonly attempt: <T>(read: () => T) => T | undefined;
}

function siteFactsOf(folder: AppFolder, loaded: Loaded): Site {
  const { vdirPath, problems, attempt, model, at } = loaded;
  const handlers = attempt(() => readHandlers(model, at));
  const rewriteConfig = attempt(() => readRewriteConfig(model, at));
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
  const appSettings = attempt(() => model.effective('appSettings', at));
  const setting = (key: string) => appSettings?.items.find((add) => same(add.string('key'), key));
  const handsOut = (file: string): boolean => {
    const journey = journeyIn(file.split('/').map(encodeURIComponent).join('/'));
    return journey?.outcome.kind === 'file' && journey.target === file;
  };
  const site: SiteFacts = {
    vdirPath,
    problems,
    encrypted: model.notes(at).filter(({ kind }) => kind === 'encrypted'),
    handlers,
    iisnodeHandlers: (handlers?.mappings ?? []).filter(
      (mapping) => isIisnodeHandler(mapping) && path.basename(mapping.origin?.file ?? serverFile) !== serverFile,
    ),
    webSocket: attempt(() => readWebSocket(model, at)),
    rewrite: rewriteConfig,
    rewriteProblems: (compiled?.problems ?? []).map(({ message, rule }) => ({ message, rule })),
  };
  const queries: SiteQueries = {
    section: (name, file) =>
      attempt(() => model.effective(name, file === undefined ? at : model.locate(at.site, prefix + file))),
    appSetting: (key) => setting(key)?.string('value'),
    appSettingOrigin: (key) => setting(key)?.origin(),
    handsOut,
    journey: journeyIn,
    journeyWith: (rules, relativeUrl) =>
      rewriteConfig && journeyIn(relativeUrl, { rules: compileRewrite({ ...rewriteConfig, globalRules: [], rules }) }),
    isHandledByIisnode: (relativeUrl) => world && isHandledByIisnode(world, prefix + relativeUrl),
  };
  return { site, queries };
}
