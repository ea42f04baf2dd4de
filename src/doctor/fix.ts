import { UserError } from '../errors.js';
import { fileLimits, readFileSync, WriteError, writeFileAtomic } from '../files/index.js';
import { parseScript, readPageScripts } from '../source/index.js';
import { applyEdits as applyXmlEdits, parseXml, type TextEdit, XmlError } from '../xml/index.js';
import type { Diagnosis } from './engine.js';
import { orRestoreFiles } from './restore-files.js';
import type { FileFacts, NotWritten } from './types.js';

/** The result of one round of fixing. */
export interface FixRound {
  /** Findings whose edits were written. */
  readonly attempted: readonly Diagnosis[];
  /** Files that were written, with their former bytes. */
  readonly former: ReadonlyMap<string, Uint8Array>;
}

interface Plan {
  readonly edits: TextEdit[];
  readonly diagnoses: Diagnosis[];
}

const overlaps = (a: TextEdit, b: TextEdit): boolean => a.span.start < b.span.end && b.span.start < a.span.end;

/** Files that could not be written, with the reason. */
export type Unwritable = Map<string, WriteError>;

/**
 * Edits by file. A finding whose edits overlap with another's waits for the next round, when its facts are read again; one that needs
 * a file that cannot be written stays as it is, in all its files.
 */
function plan(diagnoses: readonly Diagnosis[], facts: FileFacts, unwritable: Unwritable): Map<string, Plan> {
  const plans = new Map<string, Plan>();
  for (const diagnosis of diagnoses) {
    const wanted = diagnosis.rule.fix?.(facts, diagnosis.made) ?? [];
    if (wanted.some(({ file }) => unwritable.has(file))) continue;
    for (const { file, edits } of wanted) {
      const current = plans.get(file) ?? { edits: [], diagnoses: [] };
      plans.set(file, current);
      // Two insertions at the same place may each create the same parent element: one at a time.
      const meets = edits.some((edit) =>
        current.edits.some((other) => overlaps(edit, other) || edit.span.start === other.span.start),
      );
      if (meets || edits.length === 0) continue;
      current.edits.push(...edits);
      current.diagnoses.push(diagnosis);
    }
  }
  return plans;
}

function editedText(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const { span, text: replacement } of [...edits].sort((a, b) => b.span.start - a.span.start)) {
    result = result.slice(0, span.start) + replacement + result.slice(span.end);
  }
  return result;
}

/** The new bytes of a file; undefined when the result would not parse. */
function edited(file: string, bytes: Uint8Array, edits: readonly TextEdit[], facts: FileFacts): Uint8Array | undefined {
  const { document } = facts.webConfig;
  const isConfig = file === facts.webConfig.file;
  try {
    if (isConfig && document) return applyXmlEdits(document, edits).toBytes();
    const text = decoded(bytes);
    if (text === undefined) return undefined;
    const after = editedText(text, edits);
    if (isConfig) parseXml(after, file);
    else if (!isStillParsed(file, text, after)) return undefined;
    const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? '\uFEFF' : '';
    return new TextEncoder().encode(mark + after);
  } catch (error) {
    if (error instanceof XmlError) return undefined; // another error remains: do not change the file
    throw error;
  }
}

/** Text in another encoding than UTF-8 would be written back wrongly. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Checks that every script that could be parsed before can still be parsed. */
function isStillParsed(file: string, before: string, after: string): boolean {
  if (/\.([cm]?[jt]sx?)$|(^|[\\/])[^.\\/]+$/i.test(file)) return parseScript({ file, text: after }).tree !== undefined;
  const broken = (text: string): number => {
    const page = { file, text };
    return readPageScripts(page).filter(({ code, offset, language }) => !parseScript(page, code, offset, language).tree)
      .length;
  };
  return broken(after) <= broken(before);
}

function unchanged(file: string, facts: FileFacts): Uint8Array {
  const bytes = readFileSync(file, fileLimits.config);
  const known = facts.webConfig.bytes;
  if (file === facts.webConfig.file && known && !bytes.equals(known)) {
    throw new UserError('FILE_CHANGED', {
      what: `${file} changed while the doctor was reading it.`,
      why: 'A fix for the old text could break the new text, so nothing was written.',
      next: 'Run the command again.',
      exit: 'refused',
    });
  }
  return bytes;
}

/**
 * Writes the edits of all findings, each file in one atomic write. Where a file cannot be written it is added to `unwritable`, and
 * what does not need it is written.
 */
export async function applyFixes(
  diagnoses: readonly Diagnosis[],
  facts: FileFacts,
  unwritable: Unwritable = new Map(),
): Promise<FixRound> {
  for (;;) {
    try {
      return await writeAll(plan(diagnoses, facts, unwritable), facts);
    } catch (error) {
      if (!(error instanceof WriteError) || unwritable.has(error.path)) throw error;
      unwritable.set(error.path, error);
    }
  }
}

/** Of findings that remain, the rules whose fix needs a file that cannot be written. */
export function notWrittenOf(
  diagnoses: readonly Diagnosis[],
  facts: FileFacts,
  unwritable: Unwritable,
): readonly NotWritten[] {
  const open = diagnoses.filter(({ finding }) => finding.silenced === undefined);
  return [...unwritable].flatMap(([file, { why, next }]): NotWritten[] => {
    const needs = ({ rule, made }: Diagnosis): boolean =>
      rule.fix?.(facts, made).some((fix) => fix.file === file) === true;
    const rules = [...new Set(open.filter(needs).map(({ rule }) => rule.code))];
    return rules.length === 0 ? [] : [{ file, rules, why, next }];
  });
}

/** All files, or none where one cannot be written. */
async function writeAll(plans: ReadonlyMap<string, Plan>, facts: FileFacts): Promise<FixRound> {
  const attempted: Diagnosis[] = [];
  const former = new Map<string, Uint8Array>();
  await orRestoreFiles(former, async () => {
    for (const [file, { edits, diagnoses: done }] of plans) {
      if (edits.length === 0) continue;
      const bytes = unchanged(file, facts);
      const data = edited(file, bytes, edits, facts);
      if (!data) continue;
      await writeFileAtomic(file, data);
      attempted.push(...done);
      former.set(file, bytes);
    }
  });
  return { attempted, former };
}
