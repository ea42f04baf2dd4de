import type { PatternSyntax, RewriteAction, RewriteCondition, RewriteRule } from '../rewrite/index.js';
import { attribute, findElement, findElements, type XmlDocument, type XmlElement } from '../xml/index.js';
import { entriesLeft, rulesCollection } from './collections.js';

/** A `<rule>` in the file, and in the form of the rewrite engine. */
export interface WrittenRule {
  readonly element: XmlElement;
  readonly rule: RewriteRule;
}

/**
 * The inbound rules of this web.config after its own `<clear />` and `<remove>`; inherited rules are not included.
 *
 * @param basePath '' for a site's root, '/dante'.
 */
export function writtenRules(document: XmlDocument, basePath: string): readonly WrittenRule[] {
  return entriesLeft(document, rulesCollection).map((element) => ({ element, rule: ruleOf(element, basePath) }));
}

/** The attributes' defaults are those of rewrite_schema.xml (URL Rewrite 2.1). */
function ruleOf(element: XmlElement, basePath: string): RewriteRule {
  const match = findElement(element, 'match');
  const conditions = findElement(element, 'conditions');
  const syntax = attribute(element, 'patternSyntax');
  return {
    name: attribute(element, 'name') ?? '',
    enabled: flag(element, 'enabled', true),
    scope: 'Distributed',
    patternSyntax: syntax === 'Wildcard' || syntax === 'ExactMatch' ? (syntax satisfies PatternSyntax) : 'ECMAScript',
    stopProcessing: flag(element, 'stopProcessing', false),
    match: match && {
      url: attribute(match, 'url') ?? '',
      ignoreCase: flag(match, 'ignoreCase', true),
      negate: flag(match, 'negate', false),
    },
    logicalGrouping: conditions && attribute(conditions, 'logicalGrouping') === 'MatchAny' ? 'MatchAny' : 'MatchAll',
    trackAllCaptures: conditions ? flag(conditions, 'trackAllCaptures', false) : false,
    conditions: conditions ? findElements(conditions, 'add').map(conditionOf) : [],
    // Which variables an administrator allowed is unknown here, and setting them does not change the path.
    serverVariables: [],
    action: actionOf(findElement(element, 'action')),
    basePath,
    origin: undefined,
  };
}

function conditionOf(element: XmlElement): RewriteCondition {
  const type = attribute(element, 'matchType');
  return {
    input: attribute(element, 'input'),
    matchType: type === 'IsFile' || type === 'IsDirectory' ? type : 'Pattern',
    pattern: attribute(element, 'pattern'),
    ignoreCase: flag(element, 'ignoreCase', true),
    negate: flag(element, 'negate', false),
  };
}

function actionOf(element: XmlElement | undefined): RewriteAction {
  const url = (element && attribute(element, 'url')) ?? '';
  const appendQueryString = element ? flag(element, 'appendQueryString', true) : true;
  switch (element && attribute(element, 'type')) {
    case 'Rewrite':
      return { type: 'Rewrite', url, appendQueryString };
    case 'Redirect':
      return { type: 'Redirect', url, appendQueryString, status: 301 };
    case 'CustomResponse':
      return { type: 'CustomResponse', status: 404, subStatus: 0, reason: '', description: '' };
    case 'AbortRequest':
      return { type: 'AbortRequest' };
    default:
      return { type: 'None' };
  }
}

function flag(element: XmlElement, name: string, fallback: boolean): boolean {
  const value = attribute(element, name)?.toLowerCase();
  return value === undefined ? fallback : value === 'true';
}
