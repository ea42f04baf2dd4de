import type { ConfigLocation, ConfigModel, EffectiveElement, Origin } from '../../config/index.js';

/** A name for which a request is refused or allowed, and its place in the configuration. */
export interface ListedName {
  readonly name: string;
  readonly allowed: boolean;
  readonly origin: Origin | undefined;
}

export interface FilteringRule {
  readonly name: string;
  readonly scanUrl: boolean;
  readonly scanQueryString: boolean;
  /** All headers, regardless of `scanHeaders`. */
  readonly scanAllRaw: boolean;
  readonly scanHeaders: readonly string[];
  readonly appliesTo: readonly string[];
  readonly denyStrings: readonly string[];
  readonly origin: Origin | undefined;
}

/** Attributes that refuse what they do not name. */
type Switch = 'verbs' | 'fileExtensions' | 'allowDoubleEscaping' | 'allowHighBitCharacters';

/** security/requestFiltering of one path as plain data. Sizes in bytes. */
export interface RequestFilteringRules {
  readonly maxAllowedContentLength: number;
  readonly maxUrl: number;
  readonly maxQueryString: number;
  readonly allowDoubleEscaping: boolean;
  readonly allowHighBitCharacters: boolean;
  readonly unescapeQueryString: boolean;
  readonly removeServerHeader: boolean;
  readonly hiddenSegments: readonly ListedName[];
  readonly fileExtensions: readonly ListedName[];
  readonly allowUnlistedExtensions: boolean;
  readonly verbs: readonly ListedName[];
  readonly allowUnlistedVerbs: boolean;
  readonly denyUrlSequences: readonly ListedName[];
  readonly denyQueryStringSequences: readonly ListedName[];
  readonly alwaysAllowedUrls: readonly string[];
  readonly alwaysAllowedQueryStrings: readonly string[];
  readonly headerLimits: readonly { readonly header: string; readonly sizeLimit: number }[];
  readonly filteringRules: readonly FilteringRule[];
  /** The place of each limit, for error pages. */
  readonly limitsOrigin: (limit: string) => Origin | undefined;
  /** Where names are refused that no entry lists, and characters. */
  readonly switchOrigin: (name: Switch) => Origin | undefined;
}

/** Reads system.webServer/security/requestFiltering at a path. Throws ConfigError as IIS would answer 500.19. */
export function readRequestFiltering(model: ConfigModel, at: ConfigLocation): RequestFilteringRules {
  const section = model.effective('system.webServer/security/requestFiltering', at);
  const limits = section.child('requestLimits');
  const extensions = section.child('fileExtensions');
  const verbs = section.child('verbs');
  return {
    maxAllowedContentLength: limits.number('maxAllowedContentLength'),
    maxUrl: limits.number('maxUrl'),
    maxQueryString: limits.number('maxQueryString'),
    allowDoubleEscaping: section.boolean('allowDoubleEscaping'),
    allowHighBitCharacters: section.boolean('allowHighBitCharacters'),
    unescapeQueryString: section.boolean('unescapeQueryString'),
    removeServerHeader: section.get('removeServerHeader') === true,
    hiddenSegments: listed(section.child('hiddenSegments'), 'segment', false),
    fileExtensions: listed(extensions, 'fileExtension'),
    allowUnlistedExtensions: extensions.boolean('allowUnlisted'),
    verbs: listed(verbs, 'verb'),
    allowUnlistedVerbs: verbs.boolean('allowUnlisted'),
    denyUrlSequences: listed(section.child('denyUrlSequences'), 'sequence', false),
    denyQueryStringSequences: listed(section.child('denyQueryStringSequences'), 'sequence', false),
    alwaysAllowedUrls: strings(section.child('alwaysAllowedUrls'), 'url'),
    alwaysAllowedQueryStrings: strings(section.child('alwaysAllowedQueryStrings'), 'queryString'),
    headerLimits: limits.child('headerLimits').items.map((item) => ({
      header: item.string('header').toLowerCase(),
      sizeLimit: item.number('sizeLimit'),
    })),
    filteringRules: section.child('filteringRules').items.map(filteringRule),
    limitsOrigin: (limit) => limits.origin(limit),
    switchOrigin: (name) => {
      if (name === 'verbs') return verbs.origin('allowUnlisted');
      return name === 'fileExtensions' ? extensions.origin('allowUnlisted') : section.origin(name);
    },
  };
}

function listed(collection: EffectiveElement, key: string, allowed?: boolean): readonly ListedName[] {
  return collection.items.map((item) => ({
    name: item.string(key),
    allowed: allowed ?? item.boolean('allowed'),
    origin: item.origin(),
  }));
}

const strings = (collection: EffectiveElement, key: string): readonly string[] =>
  collection.items.map((item) => item.string(key));

function filteringRule(element: EffectiveElement): FilteringRule {
  return {
    name: element.string('name'),
    scanUrl: element.boolean('scanUrl'),
    scanQueryString: element.boolean('scanQueryString'),
    scanAllRaw: element.boolean('scanAllRaw'),
    scanHeaders: strings(element.child('scanHeaders'), 'requestHeader').map((header) => header.toLowerCase()),
    appliesTo: strings(element.child('appliesTo'), 'fileExtension').map((extension) => extension.toLowerCase()),
    denyStrings: strings(element.child('denyStrings'), 'string').map((text) => text.toLowerCase()),
    origin: element.origin(),
  };
}
