import type { XmlDocument, XmlElement } from '../xml/index.js';
import type { ConfigError } from './error.js';

/** The position of a value in a file. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `MACHINE/WEBROOT/APPHOST`, `MACHINE/WEBROOT/APPHOST/Default Web Site/dante`, ... */
  readonly configPath: string;
  /** URL path of the level that owns it, without trailing slash: '' for the server and a site's root, '/dante'. */
  readonly basePath: string;
  /** The element itself, for minimal edits. */
  readonly document: XmlDocument;
  readonly element: XmlElement;
}

/** bool -> boolean; uint, int, int64 -> number; timeSpan -> number of ms; flags -> names; enum, string -> string. */
export type ConfigValue = string | number | boolean | readonly string[];

/** One element after the merge along the hierarchy: typed values, each with its origin. */
export interface EffectiveElement {
  readonly name: string;
  /** The typed value, or the schema's default; undefined where there is neither. Throws for a name that is not in the schema. */
  get(attribute: string): ConfigValue | undefined;
  string(attribute: string): string;
  number(attribute: string): number;
  boolean(attribute: string): boolean;
  /** True when a file sets it (false: the value is the schema's default). */
  isSet(attribute: string): boolean;
  /** The origin of an attribute, or without a name of the element (its deepest occurrence); undefined: schema default. */
  origin(attribute?: string): Origin | undefined;
  /** A child element of the schema, also when it is in no file. */
  child(name: string): EffectiveElement;
  /** The entries of this element's own collection, merged, in effective order. */
  readonly items: readonly EffectiveElement[];
  /** Each attribute that a file sets, here and below, entries of collections in effective order. */
  written(): readonly WrittenValue[];
}

/** An attribute that a file sets. */
export interface WrittenValue {
  /** Below the element that was asked: `enabled`, `files/add[index.htm]/value`. */
  readonly path: string;
  readonly value: ConfigValue | undefined;
  readonly origin: Origin | undefined;
}

/** The model's access to the disk. Paths are in the platform's syntax. */
export interface ConfigReader {
  /** The file's bytes; undefined when it does not exist; throws when it cannot be read. Name case is ignored as on Windows. */
  read(file: string): Uint8Array | undefined;
  /** Optional: parses the bytes that `read` returned, for a caller that may have parsed them already. Throws XmlError. */
  parse?(bytes: Uint8Array, file: string): XmlDocument;
  /** Optional: does the folder exist? The model then searches for web.config only in existing folders. */
  isDirectory?(path: string): boolean;
}

export interface VirtualDirectoryModel {
  readonly path: string;
  /** Expanded (`%SystemDrive%` replaced), in the platform's syntax. */
  readonly physicalPath: string;
  readonly allowSubDirConfig: boolean;
}

export interface ApplicationModel {
  /** '/' or '/dante'. */
  readonly path: string;
  readonly pool: string;
  readonly preloadEnabled: boolean;
  readonly virtualDirectories: readonly VirtualDirectoryModel[];
}

export interface BindingModel {
  readonly protocol: string;
  /** '*' for all. */
  readonly address: string;
  readonly port: number;
  readonly host: string;
}

export interface SiteModel {
  readonly name: string;
  readonly id: number;
  readonly serverAutoStart: boolean;
  readonly bindings: readonly BindingModel[];
  readonly applications: readonly ApplicationModel[];
}

/** The place of a URL path in a site. */
export interface ConfigLocation {
  readonly site: SiteModel;
  readonly application: ApplicationModel;
  readonly virtualDirectory: VirtualDirectoryModel;
  /** Decoded URL path, starts with '/'. */
  readonly path: string;
  /** The file or folder the URL names; it need not exist. */
  readonly physicalPath: string;
}

/** Something that the model read but did not check. */
export interface ConfigNote {
  readonly kind: 'encrypted' | 'no-schema' | 'not-judged' | 'never-matches' | 'text';
  /** Path of the section, or of the group around it. */
  readonly section: string;
  readonly message: string;
  readonly origin: Origin;
}

/** An immutable snapshot of the server's configuration; files are read on demand, once. */
export interface ConfigModel {
  readonly sites: readonly SiteModel[];
  readonly pools: readonly string[];
  /** Longest matching application, then virtual directory; case is ignored. */
  locate(site: SiteModel, path: string): ConfigLocation;
  /** `system.webServer/handlers`, `appSettings`, ... at this path. Throws ConfigError as IIS would answer 500.19. */
  effective(section: string, at: ConfigLocation): EffectiveElement;
  /** The same object for all places where the same files apply: use it as a key for caches. */
  level(at: ConfigLocation): object;
  /** Loads every file on the path to `at` and makes the checks of IIS on loading: XML, declarations, locks. Throws ConfigError. */
  check(at: ConfigLocation): void;
  /** All errors on the path to `at`: first what `check` throws, then every error in sections there that a module of IIS reads. */
  errors(at: ConfigLocation): readonly ConfigError[];
  /** What was read but not checked on the path to `at`: encrypted sections, sections without meaning here. */
  notes(at: ConfigLocation): readonly ConfigNote[];
  /** A section as applicationHost.config sets it for the whole server: applicationPools, globalModules. Throws ConfigError. */
  server(section: string): EffectiveElement;
  /** Does applicationHost.config (or machine.config) declare this section? False: not installed. */
  isDeclared(section: string): boolean;
  /** Every file read so far, existing or not: the files to watch. */
  readonly files: readonly string[];
}

export interface LoadOptions {
  /** Shown in origins and errors, and the base of relative paths. */
  readonly file: string;
  /** Contents of applicationHost.config. */
  readonly applicationHost: string | Uint8Array;
  /** A document whose `<sites>` replace those of applicationHost.config, which then is read once for all folders. */
  readonly sites?: string;
  readonly reader: ConfigReader;
  /** For `%VAR%`; names are compared ignoring case. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The syntax of the reader's physical paths: `diskPlatform` for this machine's disk. */
  readonly platform: 'win32' | 'posix';
}
