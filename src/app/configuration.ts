import { ConfigError, type EffectiveElement } from '../config/index.js';
import { type HandlerList, type HandlerMapping, readHandlers } from '../pipeline/sections/index.js';
import { type RewriteConfig, type RewriteRule, readRewriteConfig } from '../rewrite/index.js';
import {
  type AppSetting,
  type FaultyFolderModel,
  type FolderModel,
  faultKey,
  loadWithoutFaults,
  type NamedVdirPath,
  platformSettings,
  vdirPathAmong,
} from '../webconfig/index.js';
import { attribute, findElements, type XmlDocument } from '../xml/index.js';
import { loadAppModel } from './model.js';
import type { Surroundings } from './surroundings.js';
import { isWebConfig, type WebConfigFile } from './web-config.js';

/** Does a handler assign its requests to iisnode? */
export function isIisnodeHandler(mapping: HandlerMapping | undefined): boolean {
  return mapping?.modules.some((name) => name.toLowerCase() === 'iisnode') ?? false;
}

/**
 * The effective configuration of an app, on a server with the default configuration, unlocked, or on the one that its surroundings name. IIS
 * stops at the first error; here what IIS refuses is left out, and the rest is read. Each part is read once, when it is first needed.
 */
export class AppConfiguration implements FolderModel {
  readonly model: FolderModel['model'];
  readonly at: FolderModel['at'];
  /** '/' or '/dante'. */
  readonly vdirPath: string;
  readonly #document: XmlDocument;
  /** Each once, by its key. */
  readonly #problems = new Map<string, ConfigError>();
  readonly #parts = new Map<string, unknown>();

  constructor({ model, at, faults }: FaultyFolderModel, vdirPath: string, document: XmlDocument) {
    this.model = model;
    this.at = at;
    this.vdirPath = vdirPath;
    this.#document = document;
    for (const fault of faults) this.#add(fault);
  }

  /** All errors for which IIS answers 500.19, each once: those of the files, then those of what was read so far. */
  get problems(): readonly ConfigError[] {
    return [...this.#problems.values()];
  }

  /** Runs a read; a ConfigError is added to the problems. */
  attempt<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#add(error);
      return undefined;
    }
  }

  /**
   * The effective section for the app, or for one of its files (relative, forward slashes), which may have a <location>:
   * `system.webServer/iisnode`; undefined when it is invalid.
   */
  section(name: string, file?: string): EffectiveElement | undefined {
    const { model, at, vdirPath } = this;
    const prefix = vdirPath === '/' ? '/' : `${vdirPath}/`;
    return this.attempt(() => model.effective(name, file === undefined ? at : model.locate(at.site, prefix + file)));
  }

  /** undefined when the section itself is broken; the same for `rewrite`. */
  get handlers(): HandlerList | undefined {
    return this.#part('handlers', () => readHandlers(this.model, this.at));
  }

  /** iisnode handlers, those that are inherited among them: a server as installed has none. */
  get iisnodeHandlers(): readonly HandlerMapping[] {
    return (this.handlers?.mappings ?? []).filter(isIisnodeHandler);
  }

  get rewrite(): RewriteConfig | undefined {
    return this.#part('rewrite', () => readRewriteConfig(this.model, this.at));
  }

  /** The rules for the app's own URL, and those for each deeper one that has a <location>. */
  get ruleSets(): readonly (readonly RewriteRule[])[] {
    const { model, at, vdirPath } = this;
    const base = vdirPath === '/' ? '' : vdirPath;
    const deeper = locationsIn(this.#document).map((below) => model.locate(at.site, `${base}/${below}`));
    const read = [this.rewrite, ...deeper.map((place) => this.attempt(() => readRewriteConfig(model, place)))];
    return read.map((config) => config?.rules ?? []);
  }

  /** What node gets as environment variables; none when the section is broken. */
  get appSettings(): readonly AppSetting[] {
    return this.#part('appSettings', () => appSettingsIn(this)) ?? [];
  }

  /** The one of that name, ignoring case. */
  appSetting(key: string): AppSetting | undefined {
    return this.appSettings.find((each) => each.key.toLowerCase() === key.toLowerCase());
  }

  #part<Value>(name: string, read: () => Value): Value | undefined {
    if (!this.#parts.has(name)) this.#parts.set(name, this.attempt(read));
    return this.#parts.get(name) as Value | undefined; // each name has one reader
  }

  #add(error: ConfigError): void {
    // Only an API that reads a section without a schema gets this; IIS itself does not read it.
    const key = faultKey(error);
    if (error.kind !== 'no-schema' && !this.#problems.has(key)) this.#problems.set(key, error);
  }
}

/**
 * The configuration of the app in a folder; undefined while its web.config is missing or not well-formed.
 *
 * @param around What is known of the server and the site.
 * @throws UserError FOLDER_NAME_UNUSABLE.
 */
export function readConfiguration(
  directory: string,
  { file, document }: WebConfigFile,
  vdirPath: string,
  around: Surroundings = {},
): AppConfiguration | undefined {
  if (document === undefined) return undefined;
  try {
    const loaded = loadWithoutFaults(
      document,
      (current) => loadAppModel(directory, { file, bytes: current.toBytes(), document: current }, vdirPath, around),
      (other) => isWebConfig(file, other),
    );
    return new AppConfiguration(loaded, vdirPath, document);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** The URLs below the app's own, relative, that web.config has a <location> for. */
function locationsIn({ root }: XmlDocument): readonly string[] {
  const paths = findElements(root, 'location').map((location) => attribute(location, 'path') ?? '');
  return paths.filter((name) => !['', '.'].includes(name));
}

/** @throws ConfigError where IIS refuses them. */
const appSettingsIn = ({ model, at }: FolderModel): readonly AppSetting[] =>
  model.effective('appSettings', at).items.map((add) => ({
    key: add.string('key'),
    value: add.isSet('value') ? add.string('value') : undefined,
    origin: add.origin(),
  }));

/** The vdir path in an app's appSettings, or among the variables of HttpPlatformHandler, also in a file of a configSource. */
export function namedVdirPathIn(
  configuration: Pick<AppConfiguration, 'appSettings'> | undefined,
  { file, document }: WebConfigFile,
): NamedVdirPath | undefined {
  const variables = document === undefined ? [] : platformSettings(document, file);
  const named = configuration && vdirPathAmong([...configuration.appSettings, ...variables]);
  return named && isWebConfig(file, named.file) ? { ...named, file } : named;
}

/**
 * The same of the app in a folder, whose appSettings alone are read; where IIS refuses them, what is left without its errors.
 *
 * @throws UserError FOLDER_NAME_UNUSABLE.
 */
export function namedVdirPathAt(directory: string, webConfig: WebConfigFile): NamedVdirPath | undefined {
  const { file, document } = webConfig;
  if (document === undefined) return undefined;
  try {
    const model = loadAppModel(directory, { file, bytes: document.toBytes(), document }, '/');
    return namedVdirPathIn({ appSettings: appSettingsIn(model) }, webConfig);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return namedVdirPathIn(readConfiguration(directory, webConfig, '/'), webConfig);
  }
}
