import { nearestName } from '../../../nearest-name.js';
import { type RewriteRule, serverVariableNames } from '../../../rewrite/index.js';
import { referencesIn } from '../../facts/references.js';
import { placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { expandedTexts, replaceInTexts } from '../../facts/rule-texts.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

/** Variables that IIS has besides those that the engine knows ("IIS Server Variables", and the WebSocket module). */
const furtherNames = [
  ...['COOKIE', 'FLAGS', 'ISSUER', 'KEYSIZE', 'SECRETKEYSIZE', 'SERIALNUMBER', 'SUBJECT'].map((name) => `CERT_${name}`),
  ...['CERT_SERVER_ISSUER', 'CERT_SERVER_SUBJECT', 'CRYPT_CIPHER_ALG_ID', 'CRYPT_HASH_ALG_ID'],
  ...['CRYPT_KEYEXCHANGE_ALG_ID', 'CRYPT_PROTOCOL', 'HTTPS_KEYSIZE', 'HTTPS_SECRETKEYSIZE', 'HTTPS_SERVER_ISSUER'],
  ...['HTTPS_SERVER_SUBJECT', 'MANAGED_PIPELINE_MODE', 'ORIG_PATH_INFO', 'UNMAPPED_REMOTE_USER', 'WEBSOCKET_VERSION'],
  ...['APP_POOL_CONFIG', 'AUTH_PASSWORD', 'IIS_WASURLREWRITTEN'],
];

interface Misspelt {
  readonly rule: RewriteRule;
  readonly text: string;
  readonly name: string;
}

/** The variable that was meant by this name; undefined where it is one, or is like none. */
function meant(written: string, own: ReadonlySet<string>): string | undefined {
  const upper = written.toUpperCase();
  const isKnown = (name: string): boolean =>
    serverVariableNames.includes(name) ||
    furtherNames.includes(name) ||
    own.has(name) ||
    /^(HTTP|RESPONSE)_\w/.test(name);
  if (isKnown(upper)) return undefined;
  const tidy = upper.replace(/^[\s{]+|[\s}]+$/g, '').replace(/[-. ]/g, '_');
  if (isKnown(tidy)) return tidy;
  if (!/^[A-Z_]{5,}$/.test(tidy)) return undefined;
  const near = nearestName(tidy, serverVariableNames);
  return near !== undefined && Math.abs(near.length - tidy.length) <= 2 ? near : undefined;
}

function misspeltIn(rule: RewriteRule, own: ReadonlySet<string>): Misspelt[] {
  const texts = expandedTexts(rule).flatMap(({ text }) => referencesIn(text));
  return texts.flatMap(({ text, name, argument }) => {
    const right = argument === undefined ? meant(name, own) : undefined;
    return right === undefined ? [] : [{ rule, text, name: right }];
  });
}

/** A name in braces that is no server variable. */
export const variableMisspelt = defineRule<Misspelt>({
  code: 'VARIABLE_MISSPELT',
  severity: 'error',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  title: 'A rewrite rule names a server variable that does not exist',
  why: 'An unknown name is an empty text, and no error: a condition on it never changes, and a negated test for a file is always true.',
  help: `Between single braces stands the name of a server variable (REQUEST_FILENAME, QUERY_STRING, HTTPS) or of a request header:
HTTP_ and the header's name in capitals, with _ for each hyphen (HTTP_X_FORWARDED_PROTO). URL Rewrite does not check the names. With double
braces the name begins with a brace, which no variable has. --fix writes the name that is most likely meant.`,
  check(facts) {
    const rules = runningRules(facts);
    const own = new Set(rules.flatMap((rule) => rule.serverVariables.map(({ name }) => name.toUpperCase())));
    return rules.flatMap((rule) => {
      const found = misspeltIn(rule, own);
      const unique = found.filter(({ text }, index) => found.findIndex((other) => other.text === text) === index);
      return unique.map((misspelt) => ({
        // How IIS reads the inner brace is not documented.
        ...(misspelt.text.startsWith('{{') && { severity: 'warning' as const }),
        message: `Rule "${rule.name}" uses ${misspelt.text}, which is no server variable.`,
        fix: `{${misspelt.name}}`,
        ...placeOfRule(facts, rule),
        data: misspelt,
      }));
    });
  },
  fix(facts, { data }) {
    const element = facts.query.ownElement(data?.rule.origin);
    return element && data
      ? editWebConfig(facts, (doc) => replaceInTexts(doc, element, data.text, `{${data.name}}`))
      : [];
  },
});
