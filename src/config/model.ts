import { type ConfigFile, readConfigFile } from './config-file.js';
import { declarationOf, machineDeclarations } from './declarations.js';
import { DiskFiles, parseConfig } from './disk-files.js';
import { ConfigError } from './error.js';
import { variablesOf } from './expand.js';
import { notesOf } from './notes.js';
import { type PathStyle, posix, win32 } from './physical-path.js';
import { Settings } from './settings.js';
import { appHostPath, SiteWalk } from './site-walk.js';
import { readSites } from './sites.js';
import type { ConfigLocation, ConfigModel, ConfigNote, EffectiveElement, LoadOptions, SiteModel } from './types.js';
import { unconfirmed } from './unconfirmed.js';

/**
 * Reads applicationHost.config; each web.config is read once, when a path below it is first requested.
 * Create a new model to see changes on disk.
 *
 * @throws ConfigError when applicationHost.config itself is invalid.
 */
export function loadConfigModel(options: LoadOptions): ConfigModel {
  const style = options.platform === 'win32' ? win32 : posix;
  const server = readServerFile(options);
  const [broken] = server.errors;
  if (broken !== undefined) throw broken;
  const variables = variablesOf(options.environment);
  const settings = new Settings({ key: '', files: [server], errors: [], applications: [], variables });
  return new Model(options, settings, style);
}

/** The last file that was read: a patch loads the same applicationHost.config many times. */
let last: (Pick<LoadOptions, 'file' | 'applicationHost'> & { readonly server: ConfigFile }) | undefined;

/** The file, with the sites of another document where that is given: the rest is the same for every folder. */
function readServerFile({ file, applicationHost, sites }: LoadOptions): ConfigFile {
  if (sites === undefined) return readServer(file, applicationHost);
  const server = readServer(appHostPath, applicationHost);
  const { level, declarations } = server;
  const own = readConfigFile(parseConfig(sites, file), { level, declarations });
  return { ...server, blocks: new Map([...server.blocks, ...own.blocks]), errors: [...server.errors, ...own.errors] };
}

function readServer(file: string, applicationHost: LoadOptions['applicationHost']): ConfigFile {
  if (last?.file === file && last.applicationHost === applicationHost) return last.server;
  const server = readConfigFile(parseConfig(applicationHost, file), {
    level: { key: '', configPath: appHostPath, basePath: '' },
    declarations: machineDeclarations,
  });
  if (typeof applicationHost === 'string') last = { file, applicationHost, server };
  return server;
}

class Model implements ConfigModel {
  readonly sites: readonly SiteModel[];
  readonly pools: readonly string[];
  readonly #server: Settings;
  readonly #style: PathStyle;
  readonly #disk: DiskFiles;
  readonly #file: string;
  readonly #walks = new Map<SiteModel, SiteWalk>();
  readonly #settings = new WeakMap<ConfigLocation, Settings>();

  constructor({ file, reader }: LoadOptions, server: Settings, style: PathStyle) {
    this.#server = server;
    this.#style = style;
    this.#file = file;
    this.#disk = new DiskFiles(reader, style);
    const base = style.folderOf(file);
    this.sites = this.isDeclared('system.applicationHost/sites')
      ? readSites(this.server('system.applicationHost/sites'), { style, base })
      : [];
    this.pools = this.isDeclared('system.applicationHost/applicationPools')
      ? this.server('system.applicationHost/applicationPools').items.map((pool) => pool.string('name'))
      : [];
  }

  get files(): readonly string[] {
    return [this.#file, ...this.#disk.paths];
  }

  locate(site: SiteModel, path: string): ConfigLocation {
    return this.#walk(site).map.locate(path, this.#style);
  }

  effective(section: string, at: ConfigLocation): EffectiveElement {
    const settings = this.#at(at);
    const [broken] = settings.parts.errors;
    if (broken !== undefined) throw broken;
    return settings.section(section);
  }

  level(at: ConfigLocation): object {
    return this.#at(at);
  }

  check(at: ConfigLocation): void {
    const [broken] = this.#at(at).parts.errors;
    if (broken !== undefined) throw broken;
  }

  errors(at: ConfigLocation): readonly ConfigError[] {
    const settings = this.#at(at);
    const sections = new Set(settings.parts.files.flatMap((file) => [...file.blocks.keys()]));
    const found: ConfigError[] = [...settings.parts.errors];
    for (const section of sections) {
      if (declarationOf(settings.declarations, section)?.schema?.element === undefined) continue;
      if (unconfirmed.readForTheServerOnly.includes(section)) continue;
      try {
        settings.section(section);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        found.push(error);
      }
    }
    return found;
  }

  notes(at: ConfigLocation): readonly ConfigNote[] {
    return notesOf(this.#at(at).parts.files);
  }

  server(section: string): EffectiveElement {
    return this.#server.section(section);
  }

  isDeclared(section: string): boolean {
    return declarationOf(this.#server.declarations, section) !== undefined;
  }

  #at(at: ConfigLocation): Settings {
    const known = this.#settings.get(at);
    if (known !== undefined) return known;
    const settings = this.#walk(at.site).settingsAt(at.path);
    this.#settings.set(at, settings);
    return settings;
  }

  #walk(site: SiteModel): SiteWalk {
    const known = this.#walks.get(site);
    if (known !== undefined) return known;
    const walk = new SiteWalk(site, this.#server, this.#disk, this.#style);
    this.#walks.set(site, walk);
    return walk;
  }
}
