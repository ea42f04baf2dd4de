import { literalTarget, relativeToApp } from '../../app/index.js';
import type { RewriteRule } from '../../rewrite/index.js';
import { upTo } from '../../trimmed.js';
import type { FileFacts } from './facts.js';
import { bare } from './rewrite-rules.js';

/** The target of a rule that is not the file that was meant. */
export interface WrongTarget {
  /** Where it leads. */
  readonly path: string;
  /** The action's URL that was meant. */
  readonly url: string;
}

/** A target that leaves the app, or has the app's path twice, for a file that the app has. */
export function wrongTarget(facts: FileFacts, rule: RewriteRule): WrongTarget | undefined {
  const { action, basePath } = rule;
  if (
    facts.vdirPath === undefined ||
    action.type !== 'Rewrite' ||
    basePath === '' ||
    /[{}]|^[a-z][\w+.-]*:/i.test(action.url)
  )
    return undefined;
  const end = facts.query.journeyWith([{ ...bare(rule), match: undefined }], 'some/page');
  if (end?.rewrite.kind !== 'rewrite') return undefined;
  const isThere = (name: string): boolean => facts.folder.isFile(upTo(name, '?#'));
  const bareUrl = action.url.replace(/^\/+/, '');
  const relative = relativeToApp(end.path, basePath);
  if (relative === undefined) return isThere(bareUrl) ? { path: end.path, url: bareUrl } : undefined;
  const own = basePath.slice(1);
  if (!relative.toLowerCase().startsWith(`${own.toLowerCase()}/`) || isThere(relative)) return undefined;
  const url = bareUrl.slice(own.length + 1);
  return isThere(url) ? { path: end.path, url } : undefined;
}

/** Is this missing program only the wrong target of a rule? */
export function isWrongTarget(facts: FileFacts, name: string): boolean {
  const rules = facts.site?.rewrite?.rules ?? [];
  return rules.some(
    (rule) =>
      rule.enabled &&
      rule.action.type === 'Rewrite' &&
      literalTarget(rule.action.url, rule.basePath || '/') === name &&
      wrongTarget(facts, rule) !== undefined,
  );
}
