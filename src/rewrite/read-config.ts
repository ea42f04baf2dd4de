import type { ConfigLocation, ConfigModel, EffectiveElement } from '../config/index.js';
import { remembered } from '../remembered.js';
import { readOutbound } from './outbound/read-outbound.js';
import { optional, readCondition, readGrouping, readSyntax, text } from './read-values.js';
import type { RewriteAction, RewriteConfig, RewriteMap, RewriteRule, RewriteScope } from './types.js';

const section = (name: string): string => `system.webServer/rewrite/${name}`;

/**
 * The effective rewrite sections of a place, as plain data; each rule has the URL path of the level that defines it. Without the module,
 * whose installer declares them, there are none. Throws ConfigError like the model.
 */
export function readRewriteConfig(model: ConfigModel, at: ConfigLocation): RewriteConfig {
  if (!model.isDeclared(section('rules'))) return nothing;
  const read = (name: string): EffectiveElement => model.effective(section(name), at);
  return {
    globalRules: globalRulesOf(read('globalRules')),
    rules: rulesOf(read('rules')),
    maps: mapsOf(read('rewriteMaps')),
    allowedServerVariables: read('allowedServerVariables').items.map((element) => text(element, 'name')),
    providers: read('providers').items.map((element) => text(element, 'name')),
    outbound: outboundOf(read('outboundRules')),
  };
}

const nothing: RewriteConfig = {
  globalRules: [],
  rules: [],
  maps: [],
  allowedServerVariables: [],
  providers: [],
  outbound: { rules: [], preConditions: [], customTags: [], rewriteBeforeCache: false },
};

// Sections do not change, and places that set nothing themselves share theirs: each is read once.
const globalRulesOf = remembered((element: EffectiveElement) => readRules(element, 'Global'));
const rulesOf = remembered((element: EffectiveElement) => readRules(element, 'Distributed'));
const mapsOf = remembered((element: EffectiveElement) => element.items.map(readMap));
const outboundOf = remembered(readOutbound);

function readRules(section: EffectiveElement, scope: RewriteScope): readonly RewriteRule[] {
  const useOriginalUrlEncoding = section.boolean('useOriginalURLEncoding');
  return section.items.map((rule) => ({ ...readRule(rule, scope), useOriginalUrlEncoding }));
}

function readRule(element: EffectiveElement, scope: RewriteScope): RewriteRule {
  const origin = element.origin();
  const conditions = element.child('conditions');
  return {
    name: text(element, 'name'),
    enabled: element.boolean('enabled'),
    scope,
    patternSyntax: readSyntax(element),
    stopProcessing: element.boolean('stopProcessing'),
    match: readMatch(element.child('match')),
    logicalGrouping: readGrouping(conditions),
    trackAllCaptures: conditions.boolean('trackAllCaptures'),
    conditions: conditions.items.map(readCondition),
    serverVariables: element.child('serverVariables').items.map((set) => ({
      name: text(set, 'name'),
      value: text(set, 'value'),
      replace: set.boolean('replace'),
    })),
    action: readAction(element.child('action'), scope),
    basePath: scope === 'Global' ? '' : (origin?.basePath ?? ''),
    origin,
  };
}

/** Without a url and without negate the element has no effect. */
function readMatch(match: EffectiveElement): RewriteRule['match'] {
  const url = optional(match, 'url');
  const negate = match.boolean('negate');
  if (url === undefined && !negate) return undefined;
  return { url: url ?? '', ignoreCase: match.boolean('ignoreCase'), negate };
}

const redirectStatus: Record<string, 301 | 302 | 303 | 307> = {
  Permanent: 301,
  Found: 302,
  SeeOther: 303,
  Temporary: 307,
};

function readAction(element: EffectiveElement, scope: RewriteScope): RewriteAction {
  const url = text(element, 'url');
  const appendQueryString = element.boolean('appendQueryString');
  switch (text(element, 'type')) {
    case 'Rewrite':
      return {
        type: 'Rewrite',
        url,
        appendQueryString,
        logRewrittenUrl: scope === 'Distributed' && element.boolean('logRewrittenUrl'),
      };
    case 'Redirect':
      return { type: 'Redirect', url, appendQueryString, status: redirectStatus[text(element, 'redirectType')] ?? 301 };
    case 'CustomResponse':
      return {
        type: 'CustomResponse',
        status: Number(element.get('statusCode') ?? 0),
        subStatus: element.number('subStatusCode'),
        reason: text(element, 'statusReason'),
        description: text(element, 'statusDescription'),
      };
    case 'AbortRequest':
      return { type: 'AbortRequest' };
    default:
      return { type: 'None' };
  }
}

function readMap(element: EffectiveElement): RewriteMap {
  return {
    name: text(element, 'name'),
    defaultValue: text(element, 'defaultValue'),
    ignoreCase: element.boolean('ignoreCase'),
    entries: new Map(element.items.map((entry) => [text(entry, 'key'), text(entry, 'value')])),
  };
}
