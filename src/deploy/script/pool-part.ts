import {
  type AppcmdProperties,
  addPool,
  appName,
  deletePool,
  listPools,
  poolProperties,
  setPool,
} from '../../appcmd/index.js';
import {
  type Addition,
  type Condition,
  contentOf,
  known,
  type LookItem,
  lookFor,
  type PartOfScript,
  runAppcmd,
  type ScriptCommand,
  unknown,
  type Variable,
  variableName,
} from './script-part.js';

/**
 * Set only where a pool has another number: several worker processes (a web garden) take requests in turn, and none knows
 * the sessions of the others. The default is 1.
 */
export const oneWorker = { 'processModel.maxProcesses': '1' } as const satisfies AppcmdProperties;

/** The pool is there, and only this application uses it. */
const isUsedAlone: readonly Condition[] = [known('BEFORE_POOL'), unknown('BEFORE_POOL_OTHERS')];

const variableOf = (property: string): Variable =>
  variableName('BEFORE_POOL', property.slice(property.lastIndexOf('.') + 1));

/** `own`: the pool has a value of its own, which may be the same as the one that it would inherit. */
const ownOf = (property: string): Variable => `${variableOf(property)}_OWN`;

/** Reads one setting of a pool that is there, and notes how it is changed and changed back. */
function settingItems(pool: string, property: string, wanted: string): LookItem[] {
  const isOther: Condition = { variable: variableOf(property), isNot: wanted };
  const add = (to: Variable, argument: Addition['argument'], ...when: Condition[]): Addition => ({
    kind: 'add',
    to,
    argument,
    when: [...isUsedAlone, isOther, ...when],
  });
  const former = [`/${property}:`, contentOf(variableOf(property))] as const;
  return [
    lookFor(variableOf(property), ['list', 'apppool', `/apppool.name:${pool}`, `/text:${property}`], isUsedAlone),
    add('POOL_CHANGE', [`/${property}:${wanted}`]),
    add('BEFORE_POOL_SETTINGS', former, known(ownOf(property))),
    add('BEFORE_POOL_SETTINGS', [`/-${property}`], unknown(ownOf(property))),
    add('BEFORE_POOL_VALUES', former),
  ];
}

/** Deletes a pool that the script has added, or restores the settings of one that was there. */
const restorePool = (pool: string, ...when: readonly Condition[]): ScriptCommand[] => [
  runAppcmd(deletePool(pool), [unknown('BEFORE_POOL'), known('NOW_POOL'), ...when]),
  {
    ...runAppcmd(setPool(pool, {}), [known('BEFORE_POOL_SETTINGS'), known('NOW_POOL')]),
    list: 'BEFORE_POOL_SETTINGS',
    // Not every version removes a setting: then it gets the value that was in force.
    orElse: { args: setPool(pool, {}), list: 'BEFORE_POOL_VALUES' },
  },
];

/** A pool of its own for the application; one that others use keeps its settings, unless they may be changed. */
export const poolPart: PartOfScript = ({ poolName: pool, siteName, vdirPath, changeSharedPool }) => {
  const properties = Object.entries({ ...poolProperties, ...oneWorker });
  const own = appName(siteName, vdirPath);
  const find = lookFor('NOW_POOL', ['list', 'apppool', `/apppool.name:${pool}`, '/text:name']);
  const usersOf = ['list', 'app', `/apppool.name:${pool}`, '/text:app.name'];
  // Its own application, too, where that could not be deleted or given back.
  const lookForUsers: LookItem = lookFor('NOW_POOL_USED', usersOf, [unknown('BEFORE_POOL'), known('NOW_POOL')]);
  const stays = { kind: 'say', text: `The pool ${pool} stays: an application uses it.` } as const;
  const giveBack = [
    find,
    lookForUsers,
    { ...stays, when: [known('NOW_POOL_USED')] },
    ...restorePool(pool, unknown('NOW_POOL_USED')),
  ];
  return {
    why: 'The application pool: no managed code, always running, no idle time-out and no periodic recycling, which would close every connection.',
    look: [
      lookFor('BEFORE_POOL', ['list', 'apppool', `/apppool.name:${pool}`, '/text:name']),
      ...(changeSharedPool === true
        ? []
        : [
            {
              ...lookFor('BEFORE_POOL_OTHERS', usersOf, [known('BEFORE_POOL')]),
              first: { into: 'BEFORE_POOL_OTHERS', except: own } as const,
            },
          ]),
      {
        kind: 'look',
        program: 'appcmd',
        args: listPools(pool),
        mentions: properties.map(([property]) => ({
          into: ownOf(property),
          texts: [` ${property.slice(property.lastIndexOf('.') + 1)}=`],
        })),
        when: isUsedAlone,
      },
      ...properties.flatMap(([property, wanted]) => settingItems(pool, property, wanted)),
    ],
    change: [
      {
        kind: 'say',
        text: `Other applications use the pool ${pool}: its settings stay.`,
        when: [known('BEFORE_POOL_OTHERS')],
      },
      runAppcmd(addPool(pool), [unknown('BEFORE_POOL')]),
      // All in one command: one commit, one recycle of the pool.
      runAppcmd(setPool(pool, poolProperties), [unknown('BEFORE_POOL')]),
      { ...runAppcmd(setPool(pool, {}), [known('POOL_CHANGE')]), list: 'POOL_CHANGE' },
    ],
    undo: giveBack,
    remove: giveBack,
  };
};
