import type { XmlDocument, XmlElement } from '../xml/index.js';
import type { ConfigError } from './error.js';

/** Where a value was written. */
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
  /** The typed value, the schema's default where nobody set it; undefined where there is neither. Throws on a name the schema does not know. */
  get(attribute: string): ConfigValue | undefined;
  string(attribute: string): string;
  number(attribute: string): number;
  boolean(attribute: string): boolean;
  /** True when some file sets it (false: the value is the schema's default). */
  isSet(attribute: string): boolean;
  /** Of an attribute, or without a name of the element (its deepest mention); undefined: schema default. */
  origin(attribute?: string): Origin | undefined;
  /** A child element of the schema, also when no file mentions it. */
  child(name: string): EffectiveElement;
  /** The entries of this element's own collection, merged, in effective order. */
  readonly items: readonly EffectiveElement[];
}

/** The only way the model sees the disk. Paths are the platform's. */
export interface ConfigReader {
  /** The file's bytes; undefined when it does not exist; throws when it cannot be read. Name case is ignored as on Windows. */
  read(file: string): Uint8Array | undefined;
  /** When given: is there such a folder? The model then looks for web.config in folders that exist only. */
  isDirectory?(path: string): boolean;
}

export interface VirtualDirectoryModel {
  readonly path: string;
  /** Expanded (`%SystemDrive%` done), in the platform's spelling. */
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

/** Where a URL path lands. */
export interface ConfigLocation {
  readonly site: SiteModel;
  readonly application: ApplicationModel;
  readonly virtualDirectory: VirtualDirectoryModel;
  /** Decoded URL path, starts with '/'. */
  readonly path: string;
  /** The file or folder the URL names; it need not exist. */
  readonly physicalPath: string;
}

/** Something the model passed by. */
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
  /** One object for all places where the same files apply: what was made of their sections may be kept with it. */
  level(at: ConfigLocation): object;
  /** Loads every file on the way to `at` and checks all of it that IIS checks on loading: XML, declarations, locks. Throws ConfigError. */
  check(at: ConfigLocation): void;
  /** Everything that is wrong on the way to `at`: what `check` throws first, and every error inside the sections set there that some module of IIS reads. */
  errors(at: ConfigLocation): readonly ConfigError[];
  /** What was read and not judged on the way to `at`: encrypted sections, sections that mean nothing here. */
  notes(at: ConfigLocation): readonly ConfigNote[];
  /** A section as applicationHost.config sets it for the whole server: applicationPools, globalModules. Throws ConfigError. */
  server(section: string): EffectiveElement;
  /** Does applicationHost.config (or machine.config) declare this section? False: not installed. */
  isDeclared(section: string): boolean;
  /** Every file looked for so far, present or not: what to watch. */
  readonly files: readonly string[];
}

export interface LoadOptions {
  /** Shown in origins and errors, and the base of relative paths. */
  readonly file: string;
  /** Contents of applicationHost.config. */
  readonly applicationHost: string | Uint8Array;
  readonly reader: ConfigReader;
  /** For `%VAR%`; names compare without case. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How physical paths are written where the reader looks: `diskPlatform` for this machine's disk. */
  readonly platform: 'win32' | 'posix';
}
