import { recyclePool } from '../../appcmd/index.js';
import { besideScript, known, type PartOfScript, runAppcmd, unknown } from './script-part.js';

const [former, ofThisRun] = ['.files.list', '.files-now.list'];

/** Node keeps what it has loaded: after a change of the app's files since the last run, the pool is recycled. */
export const restartPart: PartOfScript = ({ poolName, directory }, place) => ({
  why: 'Node is started again, where the files of the app have changed since the last run.',
  look: [
    { kind: 'folder', folder: besideScript(former), into: 'FILES_KNOWN' },
    { kind: 'files', folder: place.folder(directory), to: besideScript(ofThisRun) },
    {
      kind: 'look',
      program: 'fc',
      args: ['/b', besideScript(former), besideScript(ofThisRun)],
      ends: { into: 'FILES_SAME', codes: [0] },
      when: [known('FILES_KNOWN')],
    },
  ],
  change: [
    runAppcmd(recyclePool(poolName), [
      known('FILES_KNOWN'),
      unknown('FILES_SAME'),
      // In one that was stopped, nothing has run.
      { variable: 'BEFORE_POOL_STATE', equals: 'Started' },
    ]),
  ],
  undo: [],
  remove: [],
  done: [{ kind: 'rename', from: besideScript(ofThisRun), to: besideScript(former) }],
  keeps: [former, ofThisRun],
});
