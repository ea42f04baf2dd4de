import type { Diagnosis } from './engine.js';
import { severityRank } from './severity.js';
import type { Explained, Finding, Severity } from './types.js';

/** A cause, and what it leads to. */
interface Root {
  readonly diagnosis: Diagnosis;
  readonly consequences: Finding[];
}

/**
 * Joins what was read with what was seen: a symptom that the rule of a finding in a file explains becomes a consequence of that
 * finding, and is not reported a second time. First come the causes whose effect was seen, then the symptoms without a known cause,
 * then all others, each in their order.
 *
 */
export function joinFindings(diagnoses: readonly Diagnosis[]): readonly Finding[] {
  const isSymptom = ({ finding }: Diagnosis): boolean => finding.known === 'trial';
  const symptoms = diagnoses.filter(isSymptom).map(({ finding }) => finding);
  const roots = diagnoses
    .filter((each) => !isSymptom(each))
    .map((diagnosis): Root => ({ diagnosis, consequences: [] }));
  const without: Finding[] = [];
  for (const finding of symptoms.filter(({ silenced }) => silenced === undefined)) {
    const root = causeOf(finding, roots);
    if (root === undefined) without.push(finding);
    else root.consequences.push(finding);
  }
  const unexplained = alike(without);
  const proved = roots.filter(({ consequences }) => consequences.length > 0);
  const others = roots.filter(({ consequences }) => consequences.length === 0);
  proved.sort((a, b) => severityRank[severityOf(a)] - severityRank[severityOf(b)]);
  const isNote = ({ severity }: Finding): boolean => severity === 'info';
  return [
    ...proved.map((root) => ({
      ...root.diagnosis.finding,
      severity: severityOf(root),
      consequences: root.consequences,
    })),
    ...unexplained.filter((finding) => !isNote(finding)),
    ...others.map(({ diagnosis }) => diagnosis.finding),
    ...unexplained.filter(isNote),
    ...symptoms.filter(({ silenced }) => silenced !== undefined),
  ];
}

/** The most likely cause: one that is not allowed, then the one in the same line, then in the same file, then the most severe. */
function causeOf(symptom: Finding, roots: readonly Root[]): Root | undefined {
  const able = roots.filter(({ diagnosis: { rule } }) => (rule.explains ?? []).some((each) => isMeant(each, symptom)));
  const distance = ({ diagnosis: { finding } }: Root): number => {
    if (symptom.file === undefined || finding.file !== symptom.file) return 2;
    return finding.line === symptom.line ? 0 : 1;
  };
  const isAllowed = ({ diagnosis: { finding } }: Root): number => (finding.silenced === undefined ? 0 : 1);
  const [first] = able.sort(
    (a, b) =>
      isAllowed(a) - isAllowed(b) ||
      distance(a) - distance(b) ||
      severityRank[a.diagnosis.finding.severity] - severityRank[b.diagnosis.finding.severity],
  );
  return first;
}

function isMeant(explained: Explained, { rule, message, why }: Finding): boolean {
  if (typeof explained === 'string') return explained === rule;
  // An app that catches its error, writes it and calls process.exit has ended for the same reason.
  const code = rule === 'APP_ENDED' ? 'APP_CRASHED' : rule;
  return (explained.finding === rule || explained.finding === code) && explained.saying.test(`${message} ${why}`);
}

/** A warning whose effect was seen is an error; a note says what is not a fault by itself. */
function severityOf({ diagnosis: { finding }, consequences }: Root): Severity {
  const isSeen = consequences.some(({ severity }) => severity === 'error');
  return finding.severity === 'warning' && isSeen ? 'error' : finding.severity;
}

/** What follows from a handshake that fails, whatever the cause. */
const ofHandshake = ['CLIENT_SCRIPT_FAILED', 'WEBSOCKET_FAILED'];

/** Symptoms without a known cause, those that have the same one together: the same step is to be taken, or the handshake fails. */
function alike(symptoms: readonly Finding[]): readonly Finding[] {
  const handshake = symptoms.find(({ rule }) => rule === 'HANDSHAKE_FAILED');
  const firstOf = (symptom: Finding): Finding => {
    const same = symptoms.find(({ fix }) => fix !== undefined && fix === symptom.fix) ?? symptom;
    return same === symptom && handshake !== undefined && ofHandshake.includes(symptom.rule)
      ? firstOf(handshake)
      : same;
  };
  const firsts = new Map<Finding, Finding[]>();
  for (const symptom of symptoms) {
    const first = firstOf(symptom);
    const others = firsts.get(first) ?? [];
    firsts.set(first, symptom === first ? others : [...others, symptom]);
  }
  return [...firsts].map(([first, consequences]) => (consequences.length === 0 ? first : { ...first, consequences }));
}
