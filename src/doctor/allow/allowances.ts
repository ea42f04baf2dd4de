import path from 'node:path';
import { readApp, type WebConfigFile } from '../../app/index.js';
import { FileError, fileLimits, readIfThereSync } from '../../files/index.js';
import { nearestName } from '../../nearest-name.js';
import { iisnodeSock } from '../../typed-command.js';
import { rules } from '../rules/index.js';
import type { AllowanceFault, FileFacts } from '../types.js';
import { allowancesInPackage } from './in-package.js';
import { allowancesInSource } from './in-source.js';
import { allowancesInWebConfig } from './in-web-config.js';
import type { Written } from './written.js';

/** One rule that the user allows, with the reason. */
export interface Allowance extends Omit<Written, 'words'> {
  readonly rule: string;
  readonly reason: string;
}

/** What an app allows the doctor to find. */
export interface Allowances {
  readonly valid: readonly Allowance[];
  readonly faults: readonly AllowanceFault[];
}

const codes = rules.map(({ code }) => code);

/** Read in web.config, package.json and the sources that the rules have read: so after the rules. */
export function allowancesOf({ webConfig, folder }: FileFacts): Allowances {
  return sorted([
    ...inWebConfig(webConfig),
    ...allowancesInPackage(path.join(folder.root, manifest), folder.read(manifest)),
    ...[...folder.addressed].flatMap(([name, text]) => allowancesInSource(path.join(folder.root, name), text)),
  ]);
}

/** Of a folder whose app is not examined: in its web.config and package.json, as far as they can be read. */
export function allowancesInFolder(folder: string): Allowances {
  try {
    const file = path.join(folder, manifest);
    return sorted([
      ...inWebConfig(readApp(folder).webConfig),
      ...allowancesInPackage(file, readIfThereSync(file, fileLimits.source)?.toString()),
    ]);
  } catch (error) {
    if (error instanceof FileError) return { valid: [], faults: [] };
    throw error;
  }
}

const manifest = 'package.json';

const inWebConfig = ({ file, document }: WebConfigFile): readonly Written[] =>
  document === undefined ? [] : allowancesInWebConfig(file, document);

function sorted(written: readonly Written[]): Allowances {
  const valid: Allowance[] = [];
  const faults: AllowanceFault[] = [];
  for (const each of written) {
    if (each.words === 'not understood' || each.words.names.length === 0) {
      faults.push(notUnderstood(each));
      continue;
    }
    const { words, ...place } = each;
    for (const name of words.names) {
      const rule = name.toUpperCase();
      if (!codes.includes(rule)) faults.push(unknownIn(each, name));
      else if (words.reason === undefined) faults.push(withoutReason(each, rule));
      else valid.push({ ...place, rule, reason: words.reason });
    }
  }
  return { valid, faults };
}

/** Those that silence nothing, of rules that have checked the app. */
export function unusedAmong(
  { valid }: Allowances,
  used: ReadonlySet<Allowance>,
  checked: ReadonlySet<string>,
): readonly AllowanceFault[] {
  return valid
    .filter((one) => !used.has(one) && checked.has(one.rule))
    .map((one) => ({
      ...placeOf(one),
      kind: 'unused',
      rule: one.rule,
      message: `${one.rule} is allowed here, but ${one.isWide && one.lines === undefined ? 'is not found' : 'is not found at this place'}.`,
      next: 'Remove the allowance, or put it where the finding is.',
    }));
}

const placeOf = ({ file, line, column }: Pick<Written, 'file' | 'line' | 'column'>) => ({ file, line, column });

function notUnderstood(at: Written): AllowanceFault {
  const isField = path.basename(at.file).toLowerCase() === 'package.json';
  return {
    ...placeOf(at),
    kind: 'not-understood',
    message: isField
      ? 'The field "iisnode-sock" has no object "allow".'
      : 'This comment for iisnode-sock is not understood.',
    next: isField
      ? 'Write it like this: "iisnode-sock": { "allow": { "RULE": "the reason" } }'
      : 'Write it like this: iisnode-sock: allow RULE because REASON',
  };
}

function unknownIn(at: Written, name: string): AllowanceFault {
  const near = nearestName(name.toUpperCase(), codes);
  return {
    ...placeOf(at),
    kind: 'unknown-rule',
    rule: name,
    message: `There is no rule ${name}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    next: near === undefined ? `${iisnodeSock} doctor --list names the rules.` : `Write ${near}.`,
  };
}

function withoutReason(at: Written, rule: string): AllowanceFault {
  const isField = path.basename(at.file).toLowerCase() === 'package.json';
  return {
    ...placeOf(at),
    kind: 'no-reason',
    rule,
    message: `${rule} is allowed here without a reason, which silences nothing.`,
    next: isField ? `Give the reason as text: "${rule}": "the reason"` : `Write: allow ${rule} because REASON`,
  };
}
