import type { RewriteMap, RewriteRule } from '../../../rewrite/index.js';
import { type Reference, referencesIn } from '../../facts/references.js';
import { placeOfRule, runningRules, shapeOf, stepAlone } from '../../facts/rewrite-rules.js';
import { expandedTexts } from '../../facts/rule-texts.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';

const wholePath = /^(REQUEST_URI|URL|PATH_INFO|SCRIPT_NAME|HTTP_URL|UNENCODED_URL)$/i;
const changesCaseOnly = /^(ToLower|UrlDecode)$/i;

/** What a map is asked for, without the functions around it; undefined for more than one variable. */
function keyOf({ argument = '' }: Reference): Reference | undefined {
  const [first] = referencesIn(argument);
  if (first === undefined || first.text !== argument) return undefined;
  return changesCaseOnly.test(first.name) ? keyOf(first) : first;
}

/** How the keys that are looked up start: with the app's path, a slash, or without a slash. undefined: unknown. */
function startOfKeys(facts: FileFacts, rule: RewriteRule, { name, argument }: Reference): string | undefined {
  if (wholePath.test(name) && argument === undefined) return facts.vdirPath === undefined ? '/' : `${rule.basePath}/`;
  if (name !== 'R' || argument === undefined || rule.match?.negate) return undefined;
  const captured = (shapeOf(rule)?.samples ?? []).map((url) => stepAlone(facts, rule, url)?.captures[Number(argument)]);
  return captured.length > 0 && captured.every((text) => text !== undefined && text !== '' && !text.startsWith('/'))
    ? ''
    : undefined;
}

function isNeverFound({ entries, ignoreCase }: RewriteMap, start: string): boolean {
  const keys = [...entries.keys()].map((key) => (ignoreCase ? key.toLowerCase() : key));
  if (keys.length === 0) return false;
  return start === ''
    ? keys.every((key) => key.startsWith('/'))
    : keys.every((key) => !`${key}/`.startsWith(ignoreCase ? start.toLowerCase() : start));
}

/** A map whose keys are not what is looked up. */
export const rewriteMapNeverFound = defineRule({
  code: 'REWRITE_MAP_NEVER_FOUND',
  severity: 'error',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  title: 'A rule never finds a key of its rewrite map',
  why: 'Every look-up gives the default value, so the redirects and rewrites of the map never happen.',
  help: `The key must be what the rule asks for, character by character: {REQUEST_URI} and {URL} start with a slash and contain the path of a
virtual directory ("/dante/old"); {R:0} and {R:1} are relative to the folder of web.config and do not ("old"). {REQUEST_URI} also has the query
string. Write the keys in that form, or ask for the other one: {Map:{R:0}} with keys without a slash works at every vdir path.`,
  check(facts) {
    const maps = facts.site?.rewrite?.maps ?? [];
    return runningRules(facts).flatMap((rule) => {
      const asked = expandedTexts(rule).flatMap(({ text }) => referencesIn(text));
      for (const reference of asked) {
        const map = maps.find(({ name }) => name.toLowerCase() === reference.name.toLowerCase());
        const key = map && keyOf(reference);
        const start = key && startOfKeys(facts, rule, key);
        if (!map || start === undefined || !isNeverFound(map, start)) continue;
        const form = start === '' ? 'without a leading slash' : `with ${start} at the start`;
        const message = `Rule "${rule.name}" looks in map "${map.name}" for ${key?.text}, ${form}; no key is like that.`;
        return [{ message, ...placeOfRule(facts, rule) }];
      }
      return [];
    });
  },
});
