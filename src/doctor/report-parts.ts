import type { Sorted } from './allow/silence.js';
import { summarize } from './engine.js';
import type { DoctorReport } from './types.js';

/** What every report has, from its findings. */
export function reportParts(
  { findings, silenced, allowanceFaults = [] }: Sorted,
  fixed: number,
  skipped: number,
): Pick<DoctorReport, 'findings' | 'summary' | 'silenced' | 'allowanceFaults'> {
  const summary = summarize(findings, fixed, skipped);
  if (silenced.length === 0) return { findings, summary, ...(allowanceFaults.length > 0 && { allowanceFaults }) };
  return {
    findings,
    summary: { ...summary, silenced: silenced.length },
    silenced,
    ...(allowanceFaults.length > 0 && { allowanceFaults }),
  };
}
