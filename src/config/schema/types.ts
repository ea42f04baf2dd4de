/** How an attribute's text becomes a value; the names are those of IIS_schema.xml. */
export type AttributeType = 'bool' | 'uint' | 'int' | 'int64' | 'string' | 'enum' | 'flags' | 'timeSpan';

/** A rule for a value in addition to its type (`validationType`, `validationParameter` in the shipped schema files). */
export type Validator =
  | { readonly kind: 'integerRange'; readonly min: number; readonly max: number; readonly exclude?: boolean }
  /** Seconds. */
  | { readonly kind: 'timeSpanRange'; readonly min: number; readonly max: number; readonly granularity: number }
  | {
      readonly kind:
        | 'nonEmptyString'
        | 'requireTrimmedString'
        | 'applicationPoolName'
        | 'siteName'
        | 'applicationPath'
        | 'virtualDirectoryPath';
    };

export interface AttributeSchema {
  readonly name: string;
  readonly type: AttributeType;
  /** As text, in the form used in a file; undefined: no default. */
  readonly default?: string;
  readonly required?: boolean;
  /** Part of the collection entry's key: alone, or together with the other 'combined' ones. */
  readonly key?: 'unique' | 'combined';
  /** True: case-sensitive. False by default. */
  readonly caseSensitive?: boolean;
  /** `%VAR%` is substituted when the value is read. */
  readonly expanded?: boolean;
  /** Stored as `[enc:provider:base64:enc]`. */
  readonly encrypted?: boolean;
  /** `Infinite` is a value. */
  readonly allowInfinite?: boolean;
  /** Names and numbers of an enum or of flags, in the schema's order. */
  readonly values?: ReadonlyMap<string, number>;
  /** How a timeSpan is written: `[d.]hh:mm:ss`, or a number of seconds or minutes. */
  readonly timeFormat?: 'string' | 'seconds' | 'minutes';
  readonly validator?: Validator;
}

/** The entries an element can hold, and the directives that change them. */
export interface CollectionSchema {
  /** Element name of an entry: `add`, `rule`, `mimeMap`, ... */
  readonly add: string;
  readonly remove?: string;
  readonly clear?: string;
  readonly entry: ElementSchema;
  /** The attributes that make an entry unique, in the schema's order; empty: no key. */
  readonly keys: readonly AttributeSchema[];
  /** The required attributes of an entry. */
  readonly required: readonly AttributeSchema[];
  /** true: a child level's entries follow the inherited ones; false: they come first. */
  readonly mergeAppend: boolean;
  readonly allowDuplicates: boolean;
  /** Name of the element that holds defaults for the entries: `siteDefaults`. */
  readonly defaults?: string;
}

export interface ElementSchema {
  readonly name: string;
  /** Of another product: accepted, and its content is not checked. */
  readonly isOpen?: boolean;
  readonly attributes: ReadonlyMap<string, AttributeSchema>;
  readonly elements: ReadonlyMap<string, ElementSchema>;
  readonly collection?: CollectionSchema;
}

export type OverrideMode = 'Allow' | 'Deny';
export type AllowDefinition =
  | 'Everywhere'
  | 'MachineToApplication'
  | 'AppHostOnly'
  | 'MachineToRootWeb'
  | 'MachineOnly';

/** What has to be installed for a section to be declared in applicationHost.config. */
export type Product = 'machine' | 'iis' | 'rewrite' | 'iisnode' | 'httpPlatform' | 'aspNetCore' | 'webdav' | 'arr';

export interface SectionSchema {
  /** `system.webServer/handlers`, `appSettings`. */
  readonly path: string;
  /** Undefined: the section is accepted and its content is not checked. */
  readonly element?: ElementSchema;
  readonly overrideModeDefault: OverrideMode;
  readonly allowDefinition: AllowDefinition;
  readonly product: Product;
}
