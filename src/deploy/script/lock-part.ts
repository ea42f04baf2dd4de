import { appcmdExit, listConfig, lockConfig, unlockConfig } from '../../appcmd/index.js';
import {
  contentOf,
  known,
  type Look,
  lookFor,
  type PartOfScript,
  runAppcmd,
  unknown,
  type Variable,
  variableName,
} from './script-part.js';

/** Locked: appcmd says so, or refuses to read past a lock. */
const lookAtLock = (into: Variable, section: string, site: Parameters<typeof listConfig>[1] | 'other'): Look => {
  const args = listConfig(section, site);
  return {
    kind: 'look',
    program: 'appcmd',
    args: site === 'other' ? args.map((one) => (one === 'other' ? [contentOf('BEFORE_ANY_SITE')] : one)) : args,
    mentions: [{ into, texts: ['locked="true"'] }],
    ends: { into, codes: [appcmdExit.locked] },
  };
};

/** The sections that web.config sets, where the server locks them. They stay unlocked later: other applications may set them. */
export const lockPart: PartOfScript = ({ sections, siteName, newSite }) => {
  if (sections.length === 0) return undefined;
  // A new site will inherit the same as another one.
  const site = newSite === undefined ? siteName : 'other';
  const all = sections.map((section) => ({
    section,
    before: variableName('BEFORE_LOCKED', section),
    now: variableName('NOW_LOCKED', section),
  }));
  return {
    why: 'The sections that web.config sets: a locked one is answered with 500.19.',
    look: [
      ...(newSite === undefined ? [] : [lookFor('BEFORE_ANY_SITE', ['list', 'site', '/text:name'])]),
      ...all.map(({ section, before }) => lookAtLock(before, section, site)),
    ],
    change: all.map(({ section, before }) => runAppcmd(unlockConfig(section), [known(before)])),
    undo: [...all]
      .reverse()
      .flatMap(({ section, before, now }) => [
        { ...lookAtLock(now, section, site), when: [known(before)] },
        runAppcmd(lockConfig(section), [known(before), unknown(now)]),
      ]),
    remove: [],
  };
};
