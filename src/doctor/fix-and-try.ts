import { withoutDisproved } from './disproved.js';
import type { Diagnosis } from './engine.js';
import { type Examined, type FixResult, fixFindings } from './fix-findings.js';
import { orRestoreFiles, restoreFiles } from './restore-files.js';
import { outcomeOf } from './trial/outcome.js';
import type { TrialRun } from './trial/run-trial.js';
import type { TrialReport } from './types.js';

/** A trial of the app as its files are, or why there was none. */
export interface Tried {
  readonly report: TrialReport | undefined;
  readonly run: TrialRun | undefined;
  readonly diagnoses: readonly Diagnosis[];
  readonly skipped: number;
}

export interface FixedAndTried extends FixResult {
  /** The trial of the app as it is at the end. */
  readonly trial: Tried;
  /** Why the fixes of `worse` were rolled back: what failed with them and not without. */
  readonly worse: { readonly rules: readonly string[]; readonly because: string } | undefined;
}

interface Work {
  readonly first: Examined;
  examine(): Examined;
  tryApp(examined: Examined): Promise<Tried>;
}

const unchanged = ({ result, facts }: Examined): FixResult => ({
  result,
  facts,
  fixed: 0,
  takenBack: [],
  applied: [],
  former: new Map(),
  notWritten: [],
});

/**
 * Fixes what can be fixed, with a trial of the app before and after: where something worked before and fails after, the fixes
 * are rolled back, and each rule's are tried by themselves. Throws what `fixFindings` and a trial throw; files are then as before.
 */
export async function fixAndTry({ first, examine, tryApp }: Work): Promise<FixedAndTried> {
  const before = await tryApp(first);
  // What the app does right is left as it is.
  const isMeant = (each: Diagnosis): boolean => withoutDisproved([each], first.facts, before.run)[0] === each;
  const all = await fixFindings(first, examine, isMeant);
  if (all.former.size === 0) return { ...all, trial: before, worse: undefined };
  const after = await orRestoreFiles(all.former, () => tryApp(examine()));
  const broken = brokenBy(before.run, after.run);
  if (broken === undefined) return { ...all, trial: after, worse: undefined };
  await restoreFiles(all.former);
  const kept = { ...unchanged(first), former: new Map<string, Uint8Array>(), trial: before };
  let state: Omit<FixedAndTried, 'worse'> = {
    ...kept,
    takenBack: all.takenBack,
    notWritten: all.notWritten,
  };
  const worse: string[] = [];
  try {
    for (const code of all.applied) {
      const current = examine();
      const one =
        all.applied.length === 1
          ? undefined
          : await fixFindings(current, examine, (each) => each.rule.code === code && isMeant(each));
      const trial = one && (await orRestoreFiles(one.former, () => tryApp(examine())));
      if (one === undefined || trial === undefined || brokenBy(state.trial.run, trial.run) !== undefined) {
        if (one !== undefined) await restoreFiles(one.former);
        worse.push(code);
        continue;
      }
      if (one.former.size === 0) continue;
      const former = new Map([...one.former, ...state.former]);
      state = {
        ...one,
        former,
        trial,
        fixed: state.fixed + one.fixed,
        takenBack: state.takenBack,
        notWritten: state.notWritten,
        applied: [...state.applied, code],
      };
    }
  } catch (error) {
    await restoreFiles(state.former);
    throw error;
  }
  return { ...state, worse: { rules: worse, because: broken } };
}

/** What worked before and does not work after; undefined where nothing is worse, or where a trial says nothing. */
function brokenBy(before: TrialRun | undefined, after: TrialRun | undefined): string | undefined {
  if (before === undefined || after === undefined) return undefined;
  const [was, is] = [outcomeOf(before), outcomeOf(after)];
  if (was.kind === 'undecided' || is.kind === 'undecided') return undefined;
  if (was.kind === 'answers' && is.kind !== 'answers')
    return `the app answered before, and after it: ${is.kind.replaceAll('-', ' ')}`;
  const worked = new Set(before.steps.filter(({ ok }) => ok).map(({ id }) => id));
  const failing = after.steps.find(({ ok, id }) => !ok && worked.has(id));
  return failing && was.kind === 'answers' ? `${failing.title} worked before and fails after it` : undefined;
}
