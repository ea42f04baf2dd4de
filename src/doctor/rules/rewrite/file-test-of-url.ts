import type { RewriteCondition, RewriteRule } from '../../../rewrite/index.js';
import { attribute, findElements, setAttributeEdit } from '../../../xml/index.js';
import { referencesIn } from '../../facts/references.js';
import { leadsToNode, placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

interface FixData {
  readonly rule: RewriteRule;
  readonly input: string;
}

/** Variables that are URLs or parts of them; {C:n}, a map or a function may be a path of the disk. */
const ofUrl = /^(REQUEST_URI|URL|PATH_INFO|SCRIPT_NAME|HTTP_URL|UNENCODED_URL|QUERY_STRING|HTTP_HOST|R)$/i;
/** All of the URL's path, for which REQUEST_FILENAME has the file. */
const wholeUrl = /^\{(REQUEST_URI|URL|PATH_INFO|SCRIPT_NAME)\}$/i;

/** Is the input of a test for a file no path of the disk? A path starts with a drive, or with a variable that has one. */
function isUrl({ matchType, input = '' }: RewriteCondition): boolean {
  if (matchType === 'Pattern' || input === '') return false;
  const [first] = referencesIn(input);
  if (first === undefined || !input.startsWith(first.text)) return !/^([a-z]:|[\\/{%])/i.test(input);
  return ofUrl.test(first.name);
}

/** A test for a file that gets a URL. */
export const fileTestOfUrl = defineRule<FixData>({
  code: 'FILE_TEST_OF_URL',
  severity: 'error',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  title: 'A rewrite rule tests whether a URL is a file',
  why: 'A URL is no path of the disk, so the test is always false, and the negated one always true: files are rewritten as well.',
  help: `matchType="IsFile" and matchType="IsDirectory" compare their input with the disk. {REQUEST_URI}, {URL} and {R:0} are URLs:
"/css/site.css" is not a file of the disk. {REQUEST_FILENAME} is the path on the disk of the URL that was asked for; for a folder of your own
use {APPL_PHYSICAL_PATH}public\\{R:0}. --fix writes {REQUEST_FILENAME} where the input is the whole URL.`,
  check(facts) {
    return runningRules(facts).flatMap((rule) =>
      rule.conditions.filter(isUrl).map(({ input = '', negate }) => ({
        // Files go to node as well, which may serve them itself.
        ...(negate && leadsToNode(facts, rule) && { severity: 'warning' as const }),
        message: `Rule "${rule.name}" tests whether ${input} is a file, which is always ${negate ? 'false (negated: true)' : 'false'}.`,
        fix: wholeUrl.test(input) ? 'input="{REQUEST_FILENAME}"' : 'Start the input with {APPL_PHYSICAL_PATH}.',
        ...placeOfRule(facts, rule),
        ...(wholeUrl.test(input) && { data: { rule, input } }),
      })),
    );
  },
  fix(facts, { data }) {
    const element = facts.query.ownElement(data?.rule.origin);
    const tests = element
      ? findElements(element, 'conditions/add').filter(
          (add) => attribute(add, 'input') === data?.input && /^Is/i.test(attribute(add, 'matchType') ?? ''),
        )
      : [];
    return editWebConfig(facts, (doc) =>
      tests.flatMap((add) => setAttributeEdit(doc, add, 'input', '{REQUEST_FILENAME}')),
    );
  },
});
