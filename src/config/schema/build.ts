import type {
  AllowDefinition,
  AttributeSchema,
  CollectionSchema,
  ElementSchema,
  OverrideMode,
  Product,
  SectionSchema,
  Validator,
} from './types.js';

type Options = Omit<AttributeSchema, 'name' | 'type' | 'default' | 'values'>;

export const string = (name: string, fallback?: string, options: Options = {}): AttributeSchema => ({
  name,
  type: 'string',
  ...(fallback === undefined ? {} : { default: fallback }),
  ...options,
});

export const bool = (name: string, fallback = false): AttributeSchema => ({
  name,
  type: 'bool',
  default: String(fallback),
});

export const uint = (name: string, fallback?: number, options: Options = {}): AttributeSchema => ({
  name,
  type: 'uint',
  ...(fallback === undefined ? {} : { default: String(fallback) }),
  ...options,
});

export const int = (name: string, fallback?: number, options: Options = {}): AttributeSchema => ({
  ...uint(name, fallback, options),
  type: 'int',
});

export const int64 = (name: string, fallback?: number, options: Options = {}): AttributeSchema => ({
  ...uint(name, fallback, options),
  type: 'int64',
});

/** `values`: names in order, numbered from 0, or a record of name to number. */
export const oneOf = (
  name: string,
  values: readonly string[] | Readonly<Record<string, number>>,
  fallback?: string,
  options: Options = {},
): AttributeSchema => ({
  name,
  type: 'enum',
  values: numbered(values),
  ...(fallback === undefined ? {} : { default: fallback }),
  ...options,
});

/** `fallback`: comma separated names. */
export const flags = (name: string, values: Readonly<Record<string, number>>, fallback = ''): AttributeSchema => ({
  name,
  type: 'flags',
  values: numbered(values),
  default: fallback,
});

/** `fallback`: `[d.]hh:mm:ss`. */
export const time = (
  name: string,
  fallback: string,
  validator?: Validator,
  options: Options = {},
): AttributeSchema => ({
  name,
  type: 'timeSpan',
  default: fallback,
  ...(validator === undefined ? {} : { validator }),
  ...options,
});

const numbered = (values: readonly string[] | Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  new Map(Array.isArray(values) ? values.map((name: string, index) => [name, index] as const) : Object.entries(values));

export const range = (min: number, max: number): Validator => ({ kind: 'integerRange', min, max });
export const notIn = (min: number, max: number): Validator => ({ kind: 'integerRange', min, max, exclude: true });
/** Seconds. */
export const seconds = (min: number, max: number, granularity = 1): Validator => ({
  kind: 'timeSpanRange',
  min,
  max,
  granularity,
});
export const nonEmpty: Options = { validator: { kind: 'nonEmptyString' } };
export const trimmed: Options = { validator: { kind: 'requireTrimmedString' } };
export const expanded: Options = { expanded: true };
export const encrypted: Options = { encrypted: true };
/** A required attribute that alone is the entry's key. */
export const key: Options = { required: true, key: 'unique' };
/** One of several attributes that together are the entry's key. */
export const combined: Options = { required: true, key: 'combined' };

interface Content {
  readonly elements?: readonly ElementSchema[];
  readonly collection?: CollectionSchema;
}

export const element = (
  name: string,
  attributes: readonly AttributeSchema[] = [],
  content: Content = {},
): ElementSchema => ({
  name,
  attributes: new Map(attributes.map((attribute) => [attribute.name, attribute])),
  elements: new Map((content.elements ?? []).map((child) => [child.name, child])),
  ...(content.collection === undefined ? {} : { collection: content.collection }),
});

/** An element of another product inside a section of IIS. */
export const open = (name: string): ElementSchema => ({ ...element(name), isOpen: true });

interface Verbs {
  readonly add?: string;
  /** true: `remove`. */
  readonly remove?: boolean;
  readonly clear?: boolean;
  readonly mergeAppend?: boolean;
  readonly allowDuplicates?: boolean;
  readonly defaults?: string;
}

/** A collection; its verbs are `add`, `remove` and `clear` by default. */
export const entries = (
  attributes: readonly AttributeSchema[],
  verbs: Verbs = {},
  content: Content = {},
): CollectionSchema => {
  const add = verbs.add ?? 'add';
  return {
    add,
    ...(verbs.remove === false ? {} : { remove: 'remove' }),
    ...(verbs.clear === false ? {} : { clear: 'clear' }),
    entry: element(add, attributes, content),
    keys: attributes.filter((attribute) => attribute.key !== undefined),
    required: attributes.filter((attribute) => attribute.required),
    mergeAppend: verbs.mergeAppend ?? true,
    allowDuplicates: verbs.allowDuplicates ?? false,
    ...(verbs.defaults === undefined ? {} : { defaults: verbs.defaults }),
  };
};

/** An element that contains only a collection. */
export const list = (
  name: string,
  attributes: readonly AttributeSchema[],
  verbs: Verbs = {},
  content: Content = {},
): ElementSchema => element(name, [], { collection: entries(attributes, verbs, content) });

interface Rights {
  readonly mode?: OverrideMode;
  readonly allow?: AllowDefinition;
  readonly product?: Product;
}

/** A section of `system.webServer`; `path` starts below it. Delegated and allowed everywhere by default (see `rights`). */
export const webServer = (path: string, content: ElementSchema, rights: Rights = {}): SectionSchema => ({
  path: `system.webServer/${path}`,
  element: content,
  overrideModeDefault: rights.mode ?? 'Allow',
  allowDefinition: rights.allow ?? 'Everywhere',
  product: rights.product ?? 'iis',
});
