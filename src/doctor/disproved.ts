import path from 'node:path';
import type { Diagnosis } from './engine.js';
import type { Listen } from './trial/observations.js';
import { outcomeOf } from './trial/outcome.js';
import type { TrialRun } from './trial/run-trial.js';
import type { FileFacts, Finding } from './types.js';

/**
 * Errors of files whose effect a trial would have shown, and did not: what was read is not what happens. They become notes that say so.
 *
 * A trial disproves little: of a server that listens elsewhere, that it did; of a client of the page, that it could not connect. What
 * needs Windows, another version of node, a second visitor or another page is not seen in it.
 */
export function withoutDisproved(
  diagnoses: readonly Diagnosis[],
  facts: FileFacts,
  run: TrialRun | undefined,
): readonly Diagnosis[] {
  if (run === undefined || outcomeOf(run).kind !== 'answers') return diagnoses;
  return diagnoses.map((each) => {
    const because = each.finding.severity === 'error' ? reasonAgainst(each, facts, run) : undefined;
    return because === undefined ? each : { ...each, finding: disproved(each.finding, because) };
  });
}

function reasonAgainst({ rule, finding }: Diagnosis, facts: FileFacts, run: TrialRun): string | undefined {
  if (rule.disprovedBy === 'listening') return listensWhereAsked(finding, facts, run);
  return rule.disprovedBy === 'client' ? clientConnects(facts, run) : undefined;
}

function disproved({ fixable: _fixable, fix: _fix, ...finding }: Finding, because: string): Finding {
  return {
    ...finding,
    severity: 'info',
    why: `The trial run shows otherwise: ${because}. On a server with other settings it may happen.`,
  };
}

/** Of several entry points a trial starts one. */
function listensWhereAsked(
  finding: Finding,
  { entries }: FileFacts,
  { seen, listensOn }: TrialRun,
): string | undefined {
  const given = seen.listens.find(({ isGiven }) => isGiven);
  if (given === undefined || entries.filter(({ exists }) => exists).length > 1) return undefined;
  // This very line opens a port as well.
  if (seen.listens.some((each) => !each.isGiven && isAt(each, finding))) return undefined;
  const place = given.at === undefined ? '' : ` (${path.basename(given.at.file)}:${given.at.line})`;
  return `the app listened on ${listensOn === 'port' ? 'its port' : 'the pipe in process.env.PORT'}${place}`;
}

const isAt = ({ at }: Listen, { file, line }: Finding): boolean => at?.file === file && at?.line === line;

/** The page is the only one with clients, and one of them was read in it as it was sent. */
function clientConnects({ pages }: FileFacts, { steps }: TrialRun): string | undefined {
  if (pages.filter(({ clients }) => clients.length > 0).length !== 1 || steps.some(({ ok }) => !ok)) return undefined;
  const asked = steps.find(({ id, askedBy }) => id === 'handshake' && askedBy !== undefined);
  const hasSocket = steps.some(({ id, status }) => id === 'websocket' && status === 101);
  return asked !== undefined && hasSocket ? `the client (${asked.askedBy}) connected` : undefined;
}
