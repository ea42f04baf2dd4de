import type { XmlDocument } from '../xml/index.js';
import type { FileLevel } from './block.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { refusedBlocks } from './delegation.js';
import type { DiskFiles } from './disk-files.js';
import { ConfigError } from './error.js';
import { isFolderName, type PathStyle, segmentsOf } from './physical-path.js';
import { Settings } from './settings.js';
import type { SiteModel } from './types.js';
import { unconfirmed } from './unconfirmed.js';
import { type MappedDirectory, UrlMap } from './url-map.js';

/** How many URL paths are cached; above this the cache is cleared. */
const MOST_PLACES = 4096;

export const appHostPath = 'MACHINE/WEBROOT/APPHOST';

/** A folder on a URL path. */
interface Place {
  readonly level: FileLevel;
  /** Undefined when no such folder can exist. */
  readonly folder: string | undefined;
  readonly directory: MappedDirectory | undefined;
  readonly settings: Settings;
}

/** Follows URL paths through one site, reading the web.config of each folder on the path. */
export class SiteWalk {
  readonly map: UrlMap;
  readonly #siteKey: string;
  readonly #server: Settings;
  readonly #files: DiskFiles;
  readonly #style: PathStyle;
  readonly #places = new Map<string, Place>();
  #root: Place | undefined;

  constructor(site: SiteModel, server: Settings, files: DiskFiles, style: PathStyle) {
    this.map = new UrlMap(site);
    this.#siteKey = `/${site.name.toLowerCase()}`;
    this.#server = server;
    this.#files = files;
    this.#style = style;
  }

  /** The settings at a decoded URL path. */
  settingsAt(path: string): Settings {
    const segments = segmentsOf(path);
    this.#root ??= this.#enter('', undefined, this.#server);
    let place = this.#root;
    for (const segment of segments) place = this.#step(place, segment);
    return place.settings;
  }

  #step(place: Place, segment: string): Place {
    const key = `${place.level.key}/${segment.toLowerCase()}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const next = this.#enter(`${place.level.basePath}/${segment}`, place, place.settings);
    if (this.#places.size >= MOST_PLACES) this.#places.clear();
    this.#places.set(key, next);
    return next;
  }

  #enter(path: string, parent: Place | undefined, inherited: Settings): Place {
    const mapped = this.map.at(path);
    const directory = mapped ?? parent?.directory;
    const basePath = mapped?.path ?? path;
    const level: FileLevel = {
      key: this.#siteKey + path.toLowerCase(),
      basePath,
      configPath: `${appHostPath}/${this.map.site.name}${basePath}`,
    };
    const folder = mapped?.virtualDirectory.physicalPath ?? this.#subFolder(parent, path);
    const readable = mapped !== undefined || directory?.virtualDirectory.allowSubDirConfig === true;
    const read =
      readable && folder !== undefined ? this.#files.read(this.#style.join(folder, 'web.config')) : undefined;
    const isRoot = path === '' || mapped?.isApplicationRoot === true;
    const above = mapped === undefined ? inherited : this.#inDirectory(mapped, level, inherited);
    return { level, folder, directory, settings: this.#settings(level, above, read, isRoot) };
  }

  /** The settings at the root of a virtual directory: a missing folder breaks the URLs in it, not the directories below its URL. */
  #inDirectory({ virtualDirectory }: MappedDirectory, level: FileLevel, inherited: Settings): Settings {
    const { parts } = inherited;
    const gone = this.#files.folderGone(virtualDirectory.physicalPath);
    const errors = parts.errors.filter(
      ({ kind }) => !unconfirmed.goneFolderStaysInItsDirectory || kind !== 'folder-gone',
    );
    if (gone !== undefined) return new Settings({ ...parts, key: level.key, errors: [...errors, gone] });
    return errors.length === parts.errors.length ? inherited : new Settings({ ...parts, key: level.key, errors });
  }

  #subFolder(parent: Place | undefined, path: string): string | undefined {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (parent?.folder === undefined || !isFolderName(name)) return undefined;
    const folder = this.#style.join(parent.folder, name);
    return this.#files.mayBeFolder(folder) ? folder : undefined;
  }

  #settings(
    level: FileLevel,
    inherited: Settings,
    read: XmlDocument | ConfigError | undefined,
    isRoot: boolean,
  ): Settings {
    const { parts } = inherited;
    const relocated = parts.files.some((file) => file.locationKeys.has(level.key));
    const border = isRoot && parts.files.some((file) => file.stopsAtApplications);
    if (read === undefined && !relocated && !border) return inherited;
    const applications = isRoot ? [...parts.applications, level.key] : parts.applications;
    if (read === undefined) return new Settings({ ...parts, key: level.key, applications });
    if (read instanceof ConfigError) {
      return new Settings({ ...parts, key: level.key, applications, errors: [...parts.errors, read] });
    }
    const file = this.#interpret(read, level, inherited);
    const refused = refusedBlocks(file, parts.files, (key) => this.#isApplicationRoot(key));
    const errors = [...parts.errors, ...file.errors, ...refused];
    return new Settings({ ...parts, key: level.key, applications, files: [...parts.files, file], errors });
  }

  #interpret(document: XmlDocument, level: FileLevel, inherited: Settings): ConfigFile {
    const folder = this.#style.folderOf(document.file);
    return readConfigFile(document, {
      level,
      declarations: inherited.declarations,
      source: (name) =>
        this.#files.read(this.#style.isAbsolute(name) ? name : this.#style.join(folder, ...segmentsOf(name))),
    });
  }

  #isApplicationRoot(key: string): boolean {
    return this.map.isApplicationRoot(key.slice(this.#siteKey.length));
  }
}
