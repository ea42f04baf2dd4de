import { printable } from '../../printable.js';
import type { Diagnosis } from '../engine.js';
import { severityRank } from '../severity.js';
import type { CheckedFiles, RankedCause, SeenText, Severity } from '../types.js';
import { againstOf } from './against.js';
import type { Cause } from './known-text.js';
import { ownLinePlace } from './own-line.js';
import type { Sighting } from './recognise.js';

/** What the files say, where a folder is examined. */
interface Evidence extends CheckedFiles {
  /** Findings about the files, or of the live app. */
  readonly diagnoses: readonly Diagnosis[];
}

export interface Ranked {
  /** Findings that explain what was seen come first, in this order; the others keep theirs. */
  readonly diagnoses: readonly Diagnosis[];
  /** What no finding explains. */
  readonly texts: readonly SeenText[];
}

/** Joins what was seen with what the files show: a finding that is a cause of a text is raised, and has the text as evidence. */
export function rank(sightings: readonly Sighting[], evidence: Evidence): Ranked {
  const raised = new Map<Diagnosis, Diagnosis>();
  const texts: SeenText[] = [];
  for (const sighting of sightings) {
    const severity = severityOf(sighting);
    const explained = explaining(sighting, evidence);
    for (const [index, diagnosis] of explained.entries())
      raised.set(
        diagnosis,
        confirmed(raised.get(diagnosis) ?? diagnosis, sighting, index === 0 ? severity : undefined),
      );
    if (explained.length === 0) texts.push(seenText(sighting, severity, evidence));
  }
  const others = evidence.diagnoses.filter((diagnosis) => !raised.has(diagnosis));
  return { diagnoses: [...raised.values(), ...others], texts };
}

/** A log that was found in the folder shows what was, perhaps not what is. */
function severityOf({ known: { severity = 'error' }, isPast }: Sighting): Severity {
  return isPast && severity === 'error' ? 'warning' : severity;
}

/** The causes in their order: those for which the text itself speaks come first. */
function inOrder({ known, texts }: Sighting): readonly Cause[] {
  const speaks = ({ when }: Cause): boolean => when !== undefined && texts.some((text) => when.test(text));
  return [...known.causes.filter(speaks), ...known.causes.filter((cause) => !speaks(cause))];
}

/** The findings that are causes of it, in the order of its causes. */
function explaining(sighting: Sighting, { diagnoses }: Evidence): readonly Diagnosis[] {
  const found = inOrder(sighting).flatMap(({ rules = [] }) =>
    rules.flatMap((code) => diagnoses.filter(({ rule }) => rule.code === code)),
  );
  return [...new Set(found)];
}

/** The finding with what was seen of it; what makes an app fail is not less than the failure. */
function confirmed(diagnosis: Diagnosis, { quotes }: Sighting, severity: Severity | undefined): Diagnosis {
  const { finding } = diagnosis;
  const raises = severity !== undefined && severityRank[severity] < severityRank[finding.severity];
  return {
    ...diagnosis,
    finding: {
      ...finding,
      ...(raises && { severity }),
      seen: [...new Set([...(finding.seen ?? []), ...quotes])].slice(0, 4),
    },
  };
}

function seenText(sighting: Sighting, severity: Severity, evidence: Evidence): SeenText {
  const { known, family, quotes, own } = sighting;
  const at = (own && evidence.facts && ownLinePlace(own, evidence.facts)) ?? sighting.at;
  const causes = inOrder(sighting).map((cause) => rankedCause(cause, evidence));
  const isRefuted = ({ against }: RankedCause): boolean => against !== undefined;
  return {
    id: known.id,
    rule: family.rule,
    severity,
    says: known.says,
    means: known.means,
    quotes,
    causes: [...causes.filter((cause) => !isRefuted(cause)), ...causes.filter(isRefuted)],
    apart: known.apart,
    ...(own && { own: printable(`${own.file}:${own.line}`) }),
    ...(at && { at }),
  };
}

function rankedCause(cause: Cause, evidence: Evidence): RankedCause {
  const { says, fix, rules } = cause;
  const against = againstOf(cause, evidence);
  return { says, fix, ...(rules && { rules }), ...(against !== undefined && { against }) };
}
