/** What the user has seen: error pages, consoles, logs, recordings. Known texts become facts that raise or lower causes. */

import { UserError } from '../../errors.js';
import { iisnodeSock } from '../../typed-command.js';
import {
  type Diagnosis,
  type RunResult,
  runRules,
  type Selection,
  selectRules,
  summarize,
  withoutUnknownRules,
} from '../engine.js';
import { seenRules } from '../rules/seen.js';
import type { DoctorReport, FileFacts, Finding, Rule, SeenText } from '../types.js';
import { fold } from './fold.js';
import { findingsOf } from './har/findings-of.js';
import { readHar } from './har/read-har.js';
import { readNamedLogs, readOwnLogs } from './logs/logs-of.js';
import { rank } from './rank.js';
import { type GivenBytes, readGiven } from './read-given.js';
import { recognise, type Sighting } from './recognise.js';
import { quoteOf } from './redact.js';

export interface SeenOptions {
  /** Texts that the user has seen, or names of files with one. */
  readonly seen?: readonly (string | GivenBytes)[];
  /** A HAR file: what the network tab of a browser recorded. */
  readonly har?: string;
  /** A folder with logs of iisnode. Those of an examined app are found where its logDirectory says. */
  readonly logs?: string;
  /** The folder with the logs of the examined app, where its logDirectory does not lead to them from here. */
  readonly ownLogs?: string;
}

/** What the options of the command line show. */
interface Observations {
  readonly sightings: readonly Sighting[];
  /** Texts that say nothing to the doctor, each a quote. */
  readonly unknown: readonly string[];
  /** Further findings, which explain nothing and are not explained. */
  readonly notes: readonly SeenText[];
}

/** Has the user handed over something that was seen? */
export const hasSeen = ({ seen = [], har, logs }: SeenOptions): boolean =>
  seen.length > 0 || har !== undefined || logs !== undefined;

/**
 * Reads what the user has seen.
 *
 * @throws UserError for a file that is missing, too large, or of another kind.
 */
export function observe(options: SeenOptions, cwd: string): Observations {
  const { seen = [], har, logs } = options;
  const found = seen.map((given) => readGiven(given, cwd)).map((input) => ({ input, sightings: recognise(input) }));
  const recorded = har === undefined ? undefined : findingsOf(readHar(har, cwd));
  const logged = logs === undefined ? undefined : readNamedLogs(logs, cwd);
  return {
    sightings: [
      ...found.flatMap(({ sightings }) => sightings),
      ...(recorded?.sightings ?? []),
      ...(logged?.sightings ?? []),
    ],
    notes: [...(recorded ? [recorded.summary] : []), ...(logged?.notes ?? [])],
    unknown: found.flatMap(({ input: { name, text }, sightings }) =>
      sightings.length > 0 ? [] : [`${name === undefined ? '' : `${name}: `}${quoteOf(firstLine(text))}`],
    ),
  };
}

/** The same with the logs of the examined app, found where its logDirectory says, unless others were named. */
export function withOwnLogs(observed: Observations, { logs, ownLogs }: SeenOptions, facts: FileFacts): Observations {
  if (logs !== undefined) return observed;
  return { ...observed, sightings: [...observed.sightings, ...readOwnLogs(facts, ownLogs).sightings] };
}

const firstLine = (text: string): string =>
  text
    .slice(0, 4096)
    .trimStart()
    .split(/[\n\r]/, 1)[0] ?? '';

/** What the files, or the live app, have shown; nothing where there are none. */
interface Examination {
  readonly diagnoses: readonly Diagnosis[];
  readonly facts?: FileFacts;
  /** The rules that were to judge them. */
  readonly rules: readonly Rule[];
}

/**
 * Joins what was seen with what the files show: findings that explain it come first and have it as evidence; the rest has findings
 * of its own, after them.
 *
 * @param target For the facts.
 * @param left The findings that are left after a fix: what a fixed finding explains is not reported.
 */
export function withSeen(
  { sightings, unknown, notes }: Observations,
  { diagnoses, facts, rules }: Examination,
  selection: Selection,
  target: string,
  left = diagnoses,
): RunResult {
  if (sightings.length + unknown.length + notes.length === 0) return { diagnoses: left, skipped: 0 };
  const isRead = facts?.site !== undefined;
  const checkedRules = new Set(
    isRead ? selectRules(rules, withoutUnknownRules(selection, rules)).map(({ code }) => code) : [],
  );
  const folded = fold(sightings);
  const ofFiles = new Set(rules.map(({ code }) => code));
  const evidence = { facts: isRead ? facts : undefined, ofFiles, checkedRules };
  const ranked = rank(folded, { ...evidence, diagnoses });
  const raised = left === diagnoses ? ranked : rank(folded, { ...evidence, diagnoses: left });
  const texts = [...ranked.texts, ...unknown.map(unknownText), ...notes];
  const own = runRules(seenRules, { kind: 'seen', target, texts }, withoutUnknownRules(selection, seenRules));
  return { diagnoses: [...inOrder(raised.diagnoses, own.diagnoses, texts)], skipped: own.skipped };
}

/** First what explains a text, then the texts that have no explanation, then the rest of the findings. */
function* inOrder(
  ranked: readonly Diagnosis[],
  own: readonly Diagnosis[],
  texts: readonly SeenText[],
): Iterable<Diagnosis> {
  yield* ranked.filter(({ finding }) => finding.seen !== undefined);
  const place = ({ finding }: Diagnosis): number => texts.findIndex(({ quotes }) => quotes === finding.seen);
  yield* [...own].sort((one, other) => place(one) - place(other));
  yield* ranked.filter(({ finding }) => finding.seen === undefined);
}

/** First the findings that explain what the user has seen, also where a consequence of theirs does; the others keep their order. */
export function explainedFirst(findings: readonly Finding[]): readonly Finding[] {
  const explains = ({ known, seen, consequences = [] }: Finding): boolean =>
    known !== 'seen' && (seen !== undefined || consequences.some((each) => each.seen !== undefined));
  return [...findings.filter(explains), ...findings.filter((finding) => !explains(finding))];
}

/** What was seen, without an app to examine: the causes, and what distinguishes them. */
export function diagnoseSeen(options: SeenOptions & Selection & AppOptions): DoctorReport {
  refuseOptionsOfApps(options);
  const target = 'what you have seen';
  const observed = observe(options, options.cwd);
  const { diagnoses, skipped } = withSeen(observed, { diagnoses: [], rules: [] }, options, target);
  const findings = diagnoses.map(({ finding }) => finding);
  return { target, findings, summary: summarize(findings, 0, skipped) };
}

/** Options that need an app. */
interface AppOptions {
  readonly cwd: string;
  readonly fix?: boolean;
  readonly vdirPath?: string;
  readonly machines?: number;
  readonly expect?: readonly unknown[];
}

function refuseOptionsOfApps({ fix, vdirPath, machines, expect = [] }: AppOptions): void {
  const named = [
    fix && '--fix',
    vdirPath !== undefined && '--path',
    machines !== undefined && '--machines',
    expect.length > 0 && '--expect',
  ].filter((name) => typeof name === 'string');
  if (named.length === 0) return;
  throw new UserError('SEEN_NEEDS_APP', {
    what: `${named.join(' and ')} cannot be used here: there is no app to examine in this folder`,
    why: 'Without web.config and package.json the doctor only judges what you have seen.',
    next: `name the folder of the app (${iisnodeSock} doctor FOLDER --seen ...), or leave the option out`,
  });
}

function unknownText(quote: string): SeenText {
  return {
    id: 'unknown',
    rule: 'SEEN_UNKNOWN',
    severity: 'info',
    says: 'This text is not in the list of known texts',
    means:
      'The doctor draws no conclusion from it. More of it may be known: the whole page, the whole console, the stack.',
    quotes: [quote],
    causes: [],
    apart: '',
  };
}
