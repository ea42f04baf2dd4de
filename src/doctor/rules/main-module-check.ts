import { codeText, mentionsEnvironment, type ServerScript } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** `require.main === module`, `module === require.main`, `!module.parent` */
const checks =
  /\brequire\.main\s*[!=]==?\s*module\b|\bmodule\s*[!=]==?\s*require\.main\b|!\s*module\.parent\b|\bmodule\.parent\s*===?\s*(?:null|undefined)\b/g;

/** `require.main === module || process.env.IISNODE_VERSION`: the environment decides as well. */
function isDecidedElsewhere(
  context: NonNullable<ServerScript['context']>,
  { 0: text, index }: RegExpExecArray,
): boolean {
  const operator = text.includes('!=') ? '&&' : '||';
  return context.tree
    .ofType('LogicalExpression')
    .some(
      (node) =>
        node.operator === operator &&
        node.start <= index &&
        index < node.end &&
        mentionsEnvironment(node, context.bindings),
    );
}

function findCheck(script: ServerScript): RuleFinding | undefined {
  const { context, listens, name } = script;
  if (!context) return undefined;
  const found = [...codeText(script).matchAll(checks)].find((each) => !isDecidedElsewhere(context, each));
  if (!found) return undefined;
  const isAll = listens.length > 0 && listens.every(({ guarded }) => guarded);
  const lost = isAll ? 'server.listen' : 'code that is for the main module only';
  return {
    severity: isAll ? 'error' : 'warning',
    message: `${name} checks whether it is the main module, which is false under iisnode: ${lost} does not run.`,
    fix: 'if (require.main === module || process.env.IISNODE_VERSION)',
    at: context.place(found.index),
    loader: {
      says: isAll ? 'listens only as the main module' : 'asks whether it is the main module',
      ofIisnode: true,
    },
  };
}

/** The entry point behaves differently under iisnode than when node starts it. */
export const mainModuleCheck = defineRule({
  code: 'MAIN_MODULE_CHECK',
  severity: 'warning',
  disprovedBy: 'listening',
  explains: ['APP_NEVER_LISTENED', 'APP_ENDED'],
  title: 'The entry point checks whether it is the main module',
  // interceptor.js
  why: "iisnode's interceptor loads the entry point with require(), so require.main is the interceptor, and module.parent is set.",
  help: `With if (require.main === module) server.listen(..) a file listens when node starts it, and not when a test loads it.
iisnode starts its own interceptor.js, which loads the entry point, so the branch never runs: a server that listens only there never
answers (500.1001 after 25 seconds, or 500.1002). iisnode sets its version in the environment, so add that to the condition: if
(require.main === module || process.env.IISNODE_VERSION). Or start the server in a file of its own, and name that file in the handler
and the rules.
Or let ${iisnodeSock} init . --loader always start the app: it makes your entry point the main module.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    return facts.entries
      .filter(({ exists }) => exists)
      .flatMap((entry) => facts.query.scriptsOf(entry).slice(0, 1))
      .map(findCheck)
      .filter((finding) => finding !== undefined);
  },
});
