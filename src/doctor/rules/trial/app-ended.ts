import { outcomeOf } from '../../trial/outcome.js';
import type { RuleFinding, TrialFacts, TrialRule } from '../../types.js';

const whyOfPlatform =
  'HttpPlatformHandler answers 502.5 (502.3 in version 1.2): the process is gone before it listens on its port.';

/** The app's process ends without an error that node reports: it calls process.exit, or nothing keeps it running. */
export const appEnded: TrialRule = {
  code: 'APP_ENDED',
  scope: 'trial',
  severity: 'error',
  title: 'The app ends by itself',
  why: 'iisnode answers 500.1002: the node process is gone before it listens on its pipe.',
  help: `The doctor started the app in its own IIS, and the node process ended without an uncaught error: it called process.exit
(the place is the line that calls it), it had nothing more to do because no server listens, or it waits at its top level for
something that never happens (exit code 13). Look for a branch that ends the app when a setting is missing, for a main module
check (require.main is not the app under iisnode), and for a listen that is never reached.`,
  check: (facts) => {
    const outcome = outcomeOf(facts.run);
    if (outcome.kind !== 'ended') return [];
    return [{ ...findingOf(facts, outcome), ...(facts.run.listensOn === 'port' && { why: whyOfPlatform }) }];
  },
};

function findingOf(
  { program: name, place }: TrialFacts,
  { end, call }: Extract<ReturnType<typeof outcomeOf>, { kind: 'ended' }>,
): RuleFinding {
  const when = end.listened
    ? end.cutOff[0] === undefined
      ? ''
      : ` while it answers ${end.cutOff[0]}`
    : ' before it listens';
  const wrote = end.text === '' ? '' : `; it wrote: ${end.text}`;
  if (call !== undefined) {
    const at = call.at && place(call.at);
    return {
      message: `${name} calls process.exit${when} (exit code ${end.code})${wrote}`,
      fix:
        end.text === ''
          ? 'remove the call, or meet the condition under which it is made (a setting in appSettings of web.config)'
          : 'correct what it writes before it ends',
      ...(at && { at }),
    };
  }
  if (end.code === 13) {
    return {
      message: `${name} ends${when}: a top-level await never settles (exit code 13)${wrote}`,
      fix: 'listen before what is waited for, or make sure that it ends',
    };
  }
  return {
    message: `${name} ends${when}: nothing keeps it running${wrote}`,
    fix: 'call server.listen(process.env.PORT) when the app starts',
  };
}
