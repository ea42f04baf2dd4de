import { assumedPath } from '../app/index.js';
import { UserError } from '../errors.js';
import { probeApp } from '../probe/index.js';
import { runRules, type Selection, selectRules, summarize } from './engine.js';
import { gatherFacts } from './facts/gather.js';
import { liveFacts } from './facts/live.js';
import { type Examined, fixFindings } from './fix-findings.js';
import { rules } from './rules/index.js';
import type { DoctorReport, Rule } from './types.js';

export interface DiagnoseOptions extends Selection {
  /** Relative targets start here. */
  readonly cwd: string;
  /** '/dante': where the app sits in its site; web.config's appSettings say it otherwise. */
  readonly vdirPath?: string;
  /** How many machines share the app; 1 unless given. */
  readonly machines?: number;
  /** Fix what can be fixed, then examine again. */
  readonly fix?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where nothing says where the app sits it is judged where deploy would put it; else as at any place. */
  readonly assumesPlace?: boolean;
}

/** With two processes taking turns, all of them meet the right one by chance once in a thousand looks. */
const mostPolls = 10;

const isUrl = (target: string): boolean => /^https?:\/\//i.test(target);
const fileRules = rules.filter(({ scope }) => scope !== 'live');
const liveRules = rules.filter(({ scope }) => scope === 'live');

/** The same look at a live app that deploy takes. */
async function diagnoseLive(target: string, options: DiagnoseOptions): Promise<DoctorReport> {
  if (options.fix || !URL.canParse(target)) {
    throw new UserError('URL_NOT_FIXABLE', {
      what: options.fix ? `A live site cannot be fixed from here: ${target}` : `${target} is no URL.`,
      why: options.fix ? 'Fixes are edits of files.' : 'The doctor looks at http and https URLs.',
      next: "Run it where the app's files are: iisnode-sock doctor .",
    });
  }
  refuseOptionsOfFiles(target, options);
  const probe = await probeApp(target, { polls: mostPolls });
  const { diagnoses, skipped } = runRules(liveRules, liveFacts(target, probe), onlyKnown(options, liveRules));
  const findings = diagnoses.map(({ finding }) => finding);
  return { target, findings, summary: summarize(findings, 0, skipped) };
}

/** A live app is where its URL says, and answers for itself: nothing is to be taken for heard that nobody looks at. */
function refuseOptionsOfFiles(target: string, { vdirPath, machines }: DiagnoseOptions): void {
  const named = [...(vdirPath === undefined ? [] : ['--path']), ...(machines === undefined ? [] : ['--machines'])];
  if (named.length === 0) return;
  const [verb, they] = named.length === 1 ? ['is', 'it says'] : ['are', 'they say'];
  throw new UserError('URL_TAKES_NO_OPTION', {
    what: `${named.join(' and ')} ${verb} for files, and ${target} is a URL.`,
    why: `The doctor asks a live app at its URL, and looks at no files for which ${they} something.`,
    next: `Leave ${named.length === 1 ? 'it' : 'them'} out: iisnode-sock doctor ${target}; or give the folder of the app.`,
  });
}

/** A selection may name rules of the other kind: they are known, they just do not apply. */
function onlyKnown({ only, skip }: Selection, applicable: readonly Rule[]): Selection {
  const codes = new Set(applicable.map(({ code }) => code));
  const known = (names: readonly string[]): string[] => names.filter((name) => codes.has(name.trim().toUpperCase()));
  return { ...(only && { only: known(only) }), ...(skip && { skip: known(skip) }) };
}

/**
 * Examines a directory, a web.config or a live app.
 *
 * @param target A directory or a web.config, relative to `cwd`; or an http(s) URL, which is probed as a browser would.
 * @throws UserError for a target that is not there, an unknown rule, --fix, --path or --machines of a URL; what the disk throws while fixing.
 */
export async function diagnose(target: string, options: DiagnoseOptions): Promise<DoctorReport> {
  selectRules(rules, options);
  if (isUrl(target)) return diagnoseLive(target, options);
  const selection = onlyKnown(options, fileRules);
  const examine = (): Examined => {
    const facts = gatherFacts(target, options);
    return { facts, result: runRules(fileRules, facts, selection) };
  };
  const first = examine();
  const assumed = first.facts.place && assumedPath(first.facts.place);
  const { result, fixed, takenBack } = options.fix
    ? await fixFindings(first, examine)
    : { result: first.result, fixed: 0, takenBack: [] };
  const findings = result.diagnoses.map(({ finding }) => finding);
  return {
    target,
    findings,
    summary: summarize(findings, fixed, result.skipped),
    ...(assumed && { assumed }),
    ...(takenBack.length > 0 && { takenBack }),
  };
}
