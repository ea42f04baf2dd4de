import { appcmdExit, listConfig, lockConfig, unlockConfig } from '../../appcmd/index.js';
import { known, type Look, type PartOfScript, runAppcmd, unknown, type Variable, variableName } from './script-part.js';

/** Locked: appcmd says so, or refuses to read past a lock. */
const lookAtLock = (into: Variable, section: string, site: string): Look => ({
  kind: 'look',
  program: 'appcmd',
  args: listConfig(section, site),
  mentions: [{ into, texts: ['locked="true"'] }],
  ends: { into, codes: [appcmdExit.locked] },
});

/** The sections that web.config sets, where the server locks them. They stay unlocked later: other applications may set them. */
export const lockPart: PartOfScript = ({ sections, siteName, newSite }) => {
  if (sections.length === 0) return undefined;
  const all = sections.map((section) => ({
    section,
    before: variableName('BEFORE_LOCKED', section),
    now: variableName('NOW_LOCKED', section),
  }));
  const looks = all.map(({ section, before }) => ({
    ...lookAtLock(before, section, siteName),
    // It may be locked: to go on would end in 500.19 behind an exit code 0.
    orFail: `appcmd could not say whether ${section} is locked.`,
  }));
  return {
    why: 'The sections that web.config sets: a locked one is answered with 500.19.',
    // A new site is there now, by the step before.
    look: newSite === undefined ? looks : [],
    change: [
      ...(newSite === undefined ? [] : looks),
      ...all.map(({ section, before }) => runAppcmd(unlockConfig(section), [known(before)])),
    ],
    undo: [...all]
      .reverse()
      .flatMap(({ section, before, now }) => [
        { ...lookAtLock(now, section, siteName), when: [known(before)] },
        runAppcmd(lockConfig(section), [known(before), unknown(now)]),
      ]),
    remove: [],
  };
};
