import { type IisnodeAttribute, iisnodeDefaults } from './iisnode-attributes.js';
import { IisnodeConfigError } from './iisnode-error.js';
import type { IisnodeSettings } from './types.js';

type Value = IisnodeSettings[IisnodeAttribute];

/** `%VAR%` replaced where the variable exists; others stay unchanged (ExpandEnvironmentStrings). Names are compared ignoring case. */
export function expandVariables(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  if (!text.includes('%')) return text;
  const variableOf = variables(environment);
  return text.replace(/%([^%]+)%/g, (whole, name: string) => variableOf(name) ?? whole);
}

/** Looks up the variables of an environment by their names in any case, as on Windows: the exact name first, then the first that is set. */
export function variables(
  environment: Readonly<Record<string, string | undefined>>,
): (name: string) => string | undefined {
  const folded = new Map<string, string>();
  for (const key of Object.keys(environment)) {
    const lower = key.toLowerCase();
    if (!folded.has(lower)) folded.set(lower, key);
  }
  return (name) => environment[name] ?? environment[folded.get(name.toLowerCase()) ?? ''];
}

/**
 * A value of the variable `IISNODE_<attribute>`, taken literally (iisnode 0.2.27, cmoduleconfiguration.cpp GetString, GetBOOL,
 * GetDWORD). Throws IisnodeConfigError 1031.
 */
export function environmentValue(attribute: IisnodeAttribute, text: string): Value {
  const kind = typeof iisnodeDefaults[attribute];
  const limit = kind === 'string' ? 1023 : kind === 'boolean' ? 7 : 63;
  const refuse = (why: string): never => {
    throw new IisnodeConfigError(1031, `The environment variable IISNODE_${attribute} ${why}.`, { attribute });
  };
  if (text.length > limit) return refuse(`is longer than ${limit} characters`);
  if (kind === 'string') return text;
  if (kind === 'boolean') {
    if (/^(true|1)$/i.test(text)) return true;
    if (/^(false|0)$/i.test(text)) return false;
    return refuse('must be true, false, 1 or 0');
  }
  // A base-10 prefix is read; what follows the digits is ignored.
  const digits = /^\s*\+?(\d+)/.exec(text)?.[1];
  const number = Number(digits);
  if (digits === undefined || number > 0xffffffff) return refuse('must be a number from 0 to 4294967295');
  return number;
}

/**
 * A value of iisnode.yml (iisnode 0.2.27, cmoduleconfiguration.cpp GetBOOL, GetDWORD on char*): text that is not a number is 0, a
 * negative number wraps around. Throws IisnodeConfigError 1032.
 */
export function ymlValue(attribute: IisnodeAttribute, text: string, line: number): Value {
  const kind = typeof iisnodeDefaults[attribute];
  const refuse = (why: string): never => {
    throw new IisnodeConfigError(1032, `Line ${line} of iisnode.yml: ${attribute} ${why}.`, { attribute, line });
  };
  if (kind === 'string') return text;
  if (kind === 'boolean') {
    if (/^(true|1|yes)$/i.test(text)) return true;
    if (/^(false|0|no)$/i.test(text)) return false;
    return refuse('must be true, 1, yes, false, 0 or no');
  }
  const number = Number(/^\s*([+-]?\d+)/.exec(text)?.[1] ?? '0');
  if (number > 0x7fffffff || number < -0x80000000) return refuse('does not fit into 32 bits');
  return number >>> 0;
}
