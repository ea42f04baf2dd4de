import { nearestName } from '../../nearest-name.js';

/** What a comment for the doctor says. */
export interface AllowWords {
  /** As written. */
  readonly names: readonly string[];
  /** undefined: it gives none. */
  readonly reason: string | undefined;
}

/** What people write instead of `allow`. */
const otherVerbs = ['disable', 'ignore', 'silence', 'skip', 'suppress'];

/**
 * Reads `allow RULE, RULE because REASON`.
 *
 * @param words The comment after `iisnode-sock:`.
 * @returns 'not understood' for a word that is meant as `allow`; undefined for a remark that is not for the doctor.
 */
export function readAllowWords(words: string): AllowWords | 'not understood' | undefined {
  const [, verb = '', rest = ''] = /^\s*([\w-]+)\s*([\s\S]*)$/.exec(words) ?? [];
  if (verb.toLowerCase() !== 'allow') {
    const isMeant = otherVerbs.includes(verb.toLowerCase()) || nearestName(verb, ['allow']) !== undefined;
    return isMeant && /[A-Z]_[A-Z]/.test(rest) ? 'not understood' : undefined;
  }
  const [named = '', ...because] = rest.split(/\bbecause\b/i);
  const reason = because.join('because').replace(/\s+/g, ' ').trim();
  const all = named.split(/[\s,]+/).filter((name) => name !== '');
  // Without "because", the words of a reason follow the names.
  const names =
    because.length > 0 ? all : all.filter((name, index) => index === 0 || /^[A-Z\d]+(_[A-Z\d]+)+$/.test(name));
  return { names, reason: reason === '' ? undefined : reason };
}
