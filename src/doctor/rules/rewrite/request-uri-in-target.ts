import type { RewriteRule } from '../../../rewrite/index.js';
import { referencesIn } from '../../facts/references.js';
import { bare, placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';

const wholePath = /^(REQUEST_URI|URL|PATH_INFO|SCRIPT_NAME|HTTP_URL|UNENCODED_URL)$/i;

/** The path that a style sheet gets, where the app's own path is in the middle of it. */
function repeatedPath(facts: FileFacts, rule: RewriteRule): string | undefined {
  const { action, basePath } = rule;
  // An assumed path proves no mistake: the template is right at the root.
  if (facts.vdirPath === undefined || action.type !== 'Rewrite' || basePath === '') return undefined;
  if (!referencesIn(action.url).some(({ name }) => wholePath.test(name))) return undefined;
  const end = facts.query.journeyWith([{ ...bare(rule), match: undefined }], 'css/site.css');
  const path = end?.path ?? '';
  return path.toLowerCase().indexOf(`${basePath.toLowerCase()}/`, 1) > 0 ? path : undefined;
}

/** A later rule hands what is not found to node, as in Azure's template. */
const leftToNode = {
  severity: 'warning',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  why: 'IIS finds no file below a folder that does not exist and hands each request to node: style sheets, scripts and pictures get a 404 unless the app serves them itself.',
} as const;

function isAnsweredByNode({ query }: FileFacts): boolean {
  return query.journey('css/site.css')?.isIisnode === true;
}

/** A target made of the whole path, in an app that is not at the root. */
export const requestUriInTarget = defineRule({
  code: 'REQUEST_URI_IN_TARGET',
  severity: 'error',
  title: "A rewrite target contains the app's own path a second time",
  why: 'Every file that the rule should find is looked for below a folder that does not exist: the style sheets, scripts and pictures of the pages get a 404.',
  help: `{REQUEST_URI}, {URL} and {PATH_INFO} are the whole path from the root of the site, with the app's own path. The template of
Azure rewrites to public{REQUEST_URI}, which works at the root of a site only: in an app at /dante it is
/dante/public/dante/css/site.css. Use what the pattern matched, which is relative to the app: <match url=".*" /> and
<action type="Rewrite" url="public/{R:0}" />.`,
  check(facts) {
    return runningRules(facts).flatMap((rule) => {
      const path = repeatedPath(facts, rule);
      if (path === undefined) return [];
      const message = `Rule "${rule.name}" looks for css/site.css of the app at ${path}.`;
      const found = { message, fix: '<match url=".*" /> and url="public/{R:0}"', ...placeOfRule(facts, rule) };
      return [isAnsweredByNode(facts) ? { ...found, ...leftToNode } : found];
    });
  },
});
