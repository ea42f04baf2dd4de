import type { Diagnosis } from './engine.js';
import { severityRank } from './severity.js';
import type { Explained, Finding, Severity, TrialCode } from './types.js';

/** A cause, and what it leads to. */
interface Root {
  readonly diagnosis: Diagnosis;
  readonly consequences: Finding[];
}

/**
 * Joins what was read with what was seen: a symptom that the rule of a finding in a file explains becomes a consequence of that
 * finding, and is not reported a second time. First come the causes whose effect was seen, then the symptoms without a known cause,
 * then all others: the most severe first, a finding before those that follow from it, one that stops the app before one of its answers, else
 * in their order.
 */
export function joinFindings(diagnoses: readonly Diagnosis[]): readonly Finding[] {
  const isSymptom = ({ finding }: Diagnosis): boolean => finding.known === 'trial' || finding.known === 'live';
  const symptoms = diagnoses.filter(isSymptom).map(({ finding }) => finding);
  const roots = diagnoses
    .filter((each) => !isSymptom(each))
    .map((diagnosis): Root => ({ diagnosis, consequences: [] }));
  const without: Finding[] = [];
  for (const finding of symptoms.filter(({ silenced }) => silenced === undefined)) {
    const root = causeOf(finding, roots);
    if (root === undefined) without.push(finding);
    else root.consequences.push(withoutCauses(finding));
  }
  const unexplained = alike(withoutHandshakes(without, roots));
  const proved = roots.filter(({ consequences }) => consequences.length > 0);
  const others = roots.filter(({ consequences }) => consequences.length === 0);
  for (const group of [proved, others]) group.sort(causesFirst(roots));
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

/**
 * Where a client asks outside of the app because its script is asked for there, and the cause of that is known, the handshake has no
 * other one: it becomes a consequence of that cause, too.
 */
function withoutHandshakes(symptoms: readonly Finding[], roots: readonly Root[]): readonly Finding[] {
  const left: Finding[] = [];
  for (const symptom of symptoms) {
    const root = rootOfHandshake(symptom, roots);
    if (root === undefined) left.push(symptom);
    else root.consequences.push(withoutCauses(symptom));
  }
  return left;
}

function rootOfHandshake(symptom: Finding, roots: readonly Root[]): Root | undefined {
  const isHandshake = Object.entries(ofHandshake).flat().includes(symptom.rule);
  if (!isHandshake || !/outside of the app|404/.test(`${symptom.message} ${symptom.why}`)) return undefined;
  const [asked] = addressesIn(symptom);
  if (asked === undefined) return undefined;
  const isItsScript = (each: Finding): boolean =>
    /CLIENT_SCRIPT_FAIL/.test(each.rule) && addressesIn(each).some((address) => address.startsWith(`${asked}/`));
  return roots.find(({ consequences }) => consequences.some(isItsScript));
}

/** Below the finding that explains it the cause is known. */
function withoutCauses({ causes: _causes, apart: _apart, ...finding }: Finding): Finding {
  return finding;
}

const isAllowed = ({ diagnosis: { finding } }: Root): number => (finding.silenced === undefined ? 0 : 1);

/** Does a finding follow from another one: with that one fixed it would not be there? */
function followsIn(roots: readonly Root[]): (root: Root) => boolean {
  const rules = new Set(roots.map(({ diagnosis: { rule } }) => rule));
  const followed = new Set([...rules].flatMap(({ leadsTo = [] }) => leadsTo));
  return ({ diagnosis: { rule } }) => followed.has(rule.code);
}

function causesFirst(roots: readonly Root[]): (a: Root, b: Root) => number {
  const follows = followsIn(roots);
  return (a, b) =>
    isAllowed(a) - isAllowed(b) ||
    severityRank[severityOf(a)] - severityRank[severityOf(b)] ||
    Number(follows(a)) - Number(follows(b)) ||
    Number(stopsNode(b)) - Number(stopsNode(a));
}

/** With it nothing of the app is answered, and what else is wrong of it is not seen. */
const stopsNode = ({ diagnosis: { rule } }: Root): boolean =>
  (rule.explains ?? []).some((each) => {
    const explained = typeof each === 'string' ? each : each.finding;
    return explained === 'CONFIG_REFUSED' || nodeFails.some((code) => code === explained);
  });

/** The addresses that a message names: /socket.io/socket.io.js, /logo.png. */
const addressesIn = ({ message }: Finding): readonly string[] =>
  [...message.matchAll(/(?<![\w./-])\/[\w./-]{1,300}/g)].map(([address]) => address.replace(/[./]{1,9}$/, ''));

/**
 * The most likely cause: one that is not allowed, then the one in the same line, then in the same file, then the one that names the same
 * address, then the most severe, then the one that others follow from.
 */
function causeOf(symptom: Finding, roots: readonly Root[]): Root | undefined {
  const able = roots.filter(({ diagnosis: { rule } }) => (rule.explains ?? []).some((each) => isMeant(each, symptom)));
  const distance = ({ diagnosis: { finding } }: Root): number => {
    if (symptom.file === undefined || finding.file !== symptom.file) return 2;
    return finding.line === symptom.line ? 0 : 1;
  };
  const asked = addressesIn(symptom);
  const isOfOther = ({ diagnosis: { finding } }: Root): number =>
    addressesIn(finding).some((address) => asked.includes(address)) ? 0 : 1;
  const follows = followsIn(roots);
  const [first] = able.sort(
    (a, b) =>
      isAllowed(a) - isAllowed(b) ||
      distance(a) - distance(b) ||
      isOfOther(a) - isOfOther(b) ||
      severityRank[a.diagnosis.finding.severity] - severityRank[b.diagnosis.finding.severity] ||
      Number(follows(a)) - Number(follows(b)),
  );
  return first;
}

function isMeant(explained: Explained, finding: Finding): boolean {
  const { rule, message, why } = finding;
  const codes: readonly string[] = [rule, ...standsFor(finding)];
  if (typeof explained === 'string') return codes.includes(explained);
  // An app that catches its error, writes it and calls process.exit has ended for the same reason.
  const code = rule === 'APP_ENDED' ? 'APP_CRASHED' : rule;
  const isSame = codes.includes(explained.finding) || explained.finding === code;
  return isSame && explained.saying.test(`${message} ${why}`);
}

/** What a trial calls what was seen at a live site: the same causes explain both. */
const likeInTrial: Readonly<Record<string, TrialCode>> = {
  LIVE_FILE_MISSING: 'PAGE_FILE_MISSING',
  LIVE_PAGE_NEVER_ENDS: 'PAGE_NEVER_ENDS',
  LIVE_POLICY_BLOCKS_CLIENT: 'PAGE_POLICY_REFUSES',
  LIVE_CLIENT_SCRIPT_FAILS: 'CLIENT_SCRIPT_FAILED',
  LIVE_HANDSHAKE_FAILS: 'HANDSHAKE_FAILED',
  LIVE_SESSION_LOST: 'SESSION_LOST',
  LIVE_WEBSOCKET_FAILS: 'WEBSOCKET_FAILED',
};

/** iisnode could not get an answer out of node. */
const nodeFails: readonly TrialCode[] = [
  'APP_CRASHED',
  'APP_ENDED',
  'APP_NEVER_LISTENED',
  'APP_LISTENED_ELSEWHERE',
  'APP_NOT_STARTED',
];

function standsFor({ rule, message, why }: Finding): readonly TrialCode[] {
  if (rule !== 'LIVE_PAGE_FAILS') return [likeInTrial[rule] ?? []].flat();
  const said = `${message} ${why}`;
  if (/\b500\.(19|2[1-4])\b/.test(said)) return ['CONFIG_REFUSED'];
  return /\b50[03]\.1\d{3}\b/.test(said) ? nodeFails : ['PAGE_FAILED'];
}

/** A warning whose effect was seen is an error; a note says what is not a fault by itself. */
function severityOf({ diagnosis: { finding }, consequences }: Root): Severity {
  const isSeen = consequences.some(({ severity }) => severity === 'error');
  return finding.severity === 'warning' && isSeen ? 'error' : finding.severity;
}

/** What follows from a handshake that fails, whatever the cause. */
const ofHandshake: Readonly<Record<string, string>> = {
  CLIENT_SCRIPT_FAILED: 'HANDSHAKE_FAILED',
  WEBSOCKET_FAILED: 'HANDSHAKE_FAILED',
  LIVE_CLIENT_SCRIPT_FAILS: 'LIVE_HANDSHAKE_FAILS',
  LIVE_WEBSOCKET_FAILS: 'LIVE_HANDSHAKE_FAILS',
};

/** It comes last of what a client asks for, and mostly has no place, which would sort it first. */
const isUpgrade = ({ rule }: Finding): number => (/WEBSOCKET_FAIL/.test(rule) ? 1 : 0);

/** Symptoms without a known cause, those that have the same one together: the same step is to be taken, or the handshake fails. */
function alike(symptoms: readonly Finding[]): readonly Finding[] {
  const firstOf = (symptom: Finding): Finding => {
    const alikes = symptoms.filter(({ fix }) => fix !== undefined && fix === symptom.fix);
    const [same = symptom] = alikes.toSorted(
      (a, b) => severityRank[a.severity] - severityRank[b.severity] || isUpgrade(a) - isUpgrade(b),
    );
    const handshake = symptoms.find(({ rule }) => rule === ofHandshake[symptom.rule]);
    return same === symptom && handshake !== undefined ? firstOf(handshake) : same;
  };
  const firsts = new Map<Finding, Finding[]>();
  for (const symptom of symptoms) {
    const first = firstOf(symptom);
    const others = firsts.get(first) ?? [];
    firsts.set(first, symptom === first ? others : [...others, symptom]);
  }
  return [...firsts].map(([first, consequences]) => (consequences.length === 0 ? first : { ...first, consequences }));
}
