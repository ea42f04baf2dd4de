import type { DeployEvent, DeployResult, ServerOutcome } from '../deploy/index.js';
import { DeployFailed } from '../deploy/index.js';
import { type ExitReason, exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal/index.js';
import { errorFields, knownError, printError } from './each-server.js';
import { printEvent, renderDeployment, renderProbe } from './render-deploy.js';

type Outcome = ServerOutcome<DeployResult>;

/** Shows the work on several servers as it happens: below a heading for each, or, where they are at work together, with its name on each line. */
export function farmTalk(
  terminal: Terminal,
  {
    count,
    together,
    dryRun,
    done,
  }: { count: number; together: boolean; dryRun: boolean; done: (time: string) => string },
) {
  const on = (server: string): Terminal => (together && server !== '' ? labelled(terminal, server) : terminal);
  return {
    began(server: string, index: number): void {
      if (!together) terminal.say(terminal.err.strong(`${server} (${index + 1} of ${count})`));
    },
    event: (server: string, event: DeployEvent): void => printEvent(on(server), event, dryRun),
    ended(outcome: Outcome): void {
      const own = on(outcome.server);
      if (outcome.outcome === 'done') renderDeployment(own, outcome.result, done);
      if (outcome.outcome !== 'failed') return;
      if (outcome.error instanceof DeployFailed) renderProbe(own, outcome.error.probe);
      printError(own, knownError(outcome.error));
    },
    putsBack: (server: string): void =>
      terminal.say(`${terminal.err.warning('↩')} ${server}: putting back what was there`),
    wasPutBack(outcome: Outcome): void {
      if (outcome.outcome === 'stuck') printError(on(outcome.server), knownError(outcome.error));
    },
  };
}

function labelled(terminal: Terminal, server: string): Terminal {
  return {
    ...terminal,
    print: (line = '') => terminal.print(`${terminal.out.dim(`${server}:`)} ${line}`),
    say: (line = '') => terminal.say(`${terminal.err.dim(`${server}:`)} ${line}`),
  };
}

const words: Readonly<Record<Outcome['outcome'], string>> = {
  done: 'done',
  failed: 'failed, and as it was before',
  stopped: 'stopped, and as it was before',
  undone: 'was done, and is as it was before',
  stuck: 'was done, and could not be put back: check it now',
  waiting: 'not begun',
};

/** One line for each server, and the document. @throws the first error that is a bug. */
export function renderFarm(
  terminal: Terminal,
  { servers, exit }: { readonly servers: readonly Outcome[]; readonly exit: ExitReason },
  further: object,
): number {
  const { out } = terminal;
  const documents = servers.map(documentOf);
  for (const each of servers) {
    const isGood = each.outcome === 'done';
    const mark = isGood ? out.good('✔') : each.outcome === 'waiting' ? out.dim('-') : out.error('✖');
    const isBroken = each.outcome === 'failed' && knownError(each.error).exit === 'incomplete';
    const word = isBroken ? 'failed, and is not as it was before: check it now' : words[each.outcome];
    terminal.print(`${mark} ${each.server}  ${isGood && !each.result.changed ? 'nothing to do' : word}`);
  }
  const { code } = exitCodes[exit];
  terminal.document({ servers: documents, ...further, exit: code });
  return code;
}

function documentOf(each: Outcome): object {
  const { server, outcome } = each;
  switch (each.outcome) {
    case 'waiting':
      return { server, outcome };
    case 'failed':
    case 'stopped':
      return { server, outcome, ...errorFields(knownError(each.error)) };
    case 'stuck': {
      const { error } = errorFields(knownError(each.error));
      return { server, outcome, ...each.result, error, exit: exitCodes.incomplete.code };
    }
    default:
      return { server, outcome, ...each.result, exit: exitCodes.done.code };
  }
}
