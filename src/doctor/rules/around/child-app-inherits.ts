import type { ConfigError } from '../../../config/index.js';
import { placeOfRule } from '../../facts/rewrite-rules.js';
import type { ChildApp } from '../../facts/site.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

const fix = '<location path="." inheritInChildApplications="false"> around <system.webServer>';

/** What the app sets that IIS refuses in an application below it. */
function refused(facts: FileFacts, path: string, error: ConfigError): RuleFinding[] {
  const cause = error.earlier ?? error.lockedBy;
  if (cause === undefined || !facts.query.isWebConfig(cause.file)) return [];
  const at = facts.query.placeOf({ ...cause, column: 1 });
  const where =
    error.file === undefined ? '' : ` (${error.file}${error.line === undefined ? '' : `, line ${error.line}`})`;
  return [
    {
      message: `The application ${path} inherits this, and IIS refuses its web.config because of it${where}: ${error.message}`,
      fix: error.kind === 'section-locked' ? 'overrideMode="Allow", or remove the section from that web.config' : fix,
      ...(at && { at }),
    },
  ];
}

function lost(facts: FileFacts, { path, takenBy: rule }: ChildApp): RuleFinding[] {
  if (rule === undefined || !facts.query.isWebConfig(rule.origin?.file)) return [];
  return [
    {
      message: `Rule "${rule.name}" also takes the URLs of the application ${path}.`,
      fix,
      ...placeOfRule(facts, rule),
    },
  ];
}

/** symptoms.md S44: what a site's web.config sets also holds for the applications in it. */
export const childAppInherits = defineRule({
  code: 'CHILD_APP_INHERITS',
  severity: 'error',
  title: 'An application below inherits what breaks it',
  why: 'Handlers, rewrite rules and locks of a web.config also hold for the applications below its URL: they answer 500.19, or their requests end in this app.',
  help: `Handlers and rewrite rules are inherited by the applications of the folders below. A handler of the same name in both is an error (500.19,
0x800700b7), and the rules of the folder above run first. Put <location path="." inheritInChildApplications="false"> around the
system.webServer of the upper web.config; then each application has only its own settings. The doctor knows the applications below from
--app /vpath=DIR or --apphost FILE.`,
  check: (facts) =>
    facts.query.children().flatMap((child) => {
      const [first] = child.problems.flatMap((error) => refused(facts, child.path, error));
      return [...(first ? [first] : []), ...lost(facts, child)];
    }),
});
