import { recyclePool } from '../../appcmd/index.js';
import { loadedFiles } from '../loaded-files.js';
import { besideScript, type Condition, known, type PartOfScript, runAppcmd, unknown } from './script-part.js';

const [former, ofThisRun] = ['.files.list', '.files-now.list'];

const isChanged: readonly Condition[] = [
  known('FILES_KNOWN'),
  unknown('FILES_SAME'),
  // In one that was stopped, nothing has run.
  { variable: 'BEFORE_POOL_STATE', equals: 'Started' },
];

/** Node keeps what it has loaded: after a change of the app's files since the last run, the pool is recycled. */
export const restartPart: PartOfScript = ({ poolName, ...app }, place) => ({
  why: 'Node is started again, where the files of the app have changed since the last run.',
  look: [
    { kind: 'folder', folder: besideScript(former), into: 'FILES_KNOWN' },
    {
      kind: 'files',
      folder: place.folder(app.directory),
      // A name with a quotation mark is none of Windows, and would be a command in a .bat.
      apart: loadedFiles(app)
        .apart.filter((one) => !one.includes('"'))
        .map((one) => one.replaceAll('/', '\\')),
      to: besideScript(ofThisRun),
    },
    {
      kind: 'look',
      program: 'fc',
      args: ['/b', besideScript(former), besideScript(ofThisRun)],
      ends: { into: 'FILES_SAME', codes: [0] },
      when: [known('FILES_KNOWN')],
    },
  ],
  change: [
    runAppcmd(recyclePool(poolName), isChanged),
    { kind: 'assign', into: 'FILES_LOADED', value: 'yes', when: isChanged },
  ],
  undo: [
    {
      kind: 'say',
      text: 'IIS serves the folder of the app itself: its changed files are live. Put the former files back, or fix these, and run the script again.',
      isLeft: true,
      when: [known('FILES_LOADED')],
    },
  ],
  remove: [],
  done: [{ kind: 'rename', from: besideScript(ofThisRun), to: besideScript(former) }],
  keeps: [former, ofThisRun],
});
