import { appName } from '../../appcmd/index.js';
import { type Argument, joinedArgument } from '../../quoting.js';
import { anonymous, bySid, ownAccount } from '../pool-account.js';
import {
  besideScript,
  type ChangeItem,
  type Condition,
  contentOf,
  known,
  type Look,
  type LookItem,
  lookFor,
  type PartOfScript,
  type ScriptCommand,
  type ScriptPart,
  unknown,
  type Variable,
} from './script-part.js';

type Right = 'RX' | 'M';

/** `WHO:(OI)(CI)RX`: for the folder and all that is below it. */
export const grantTo = (account: string, right: Right): string => `${account}:(OI)(CI)${right}`;

/** Behind a variable, whose value is the account. */
const grantToVariable = (variable: Variable, right: Right): Argument => [contentOf(variable), grantTo('', right)];

/** As icacls lists rights that include the other one. */
const including: Readonly<Record<Right, readonly string[]>> = { RX: ['RX', 'M', 'F'], M: ['M', 'F'] };

/** Does the folder's own list have an entry with the right for each account? */
const lookAtRights = (
  folder: Argument,
  right: Right,
  mentions: readonly { readonly into: Variable; readonly account: Argument }[],
  when: readonly Condition[] = [],
): Look => ({
  kind: 'look',
  program: 'icacls',
  args: [folder],
  mentions: mentions.map(({ into, account }) => ({
    into,
    texts: including[right].map((each) => [
      ...(typeof account === 'string' ? [account] : account),
      `:(OI)(CI)(${each})`,
    ]),
  })),
  when,
});

const grant = (folder: Argument, to: Argument, bySids: Argument, when: readonly Condition[]): ScriptCommand => ({
  kind: 'run',
  program: 'icacls',
  args: [folder, '/grant', to],
  // Right after the pool was added, Windows may not know its name yet (1332): a SID needs no name.
  orElse: { args: [folder, '/grant', bySids] },
  when,
});

const revoke = (folder: Argument, account: Argument, when: readonly Condition[]): ScriptCommand => ({
  kind: 'run',
  program: 'icacls',
  args: [folder, '/remove:g', account],
  when,
});

/** The names of accounts differ between languages of Windows, and icacls lists these by name: what they had is not known. */
const builtIn: readonly (readonly [identity: string, sid: string])[] = [
  ['LocalSystem', '*S-1-5-18'],
  ['LocalService', '*S-1-5-19'],
  ['NetworkService', '*S-1-5-20'],
];

/** The account that the pool runs as: by default its own. */
function lookAtAccount(pool: string): LookItem[] {
  const own = ownAccount(pool);
  const setting = (name: string): string[] => [
    'list',
    'apppool',
    `/apppool.name:${pool}`,
    `/text:processModel.${name}`,
  ];
  const assign = (into: Variable, value: Argument, ...when: Condition[]): LookItem => ({
    kind: 'assign',
    into,
    value,
    when,
  });
  const isUser: Condition = { variable: 'BEFORE_IDENTITY', equals: 'SpecificUser' };
  return [
    assign('BEFORE_ACCOUNT', own.name),
    assign('BEFORE_ACCOUNT_SID', bySid(own)),
    lookFor('BEFORE_IDENTITY', setting('identityType'), [known('BEFORE_POOL')]),
    ...builtIn.flatMap(([identity, sid]) => {
      const isIt: Condition = { variable: 'BEFORE_IDENTITY', equals: identity };
      return [
        assign('BEFORE_ACCOUNT', sid, isIt),
        assign('BEFORE_ACCOUNT_SID', sid, isIt),
        assign('BEFORE_ACCOUNT_BUILT_IN', 'yes', isIt),
      ];
    }),
    lookFor('BEFORE_ACCOUNT', setting('userName'), [isUser]),
    assign('BEFORE_ACCOUNT_SID', [contentOf('BEFORE_ACCOUNT')], isUser),
  ];
}

const account = 'BEFORE_ACCOUNT';
const sid: Argument = [contentOf('BEFORE_ACCOUNT_SID')];
const isNamed = unknown('BEFORE_ACCOUNT_BUILT_IN');
const poolLacks = unknown('BEFORE_POOL_READS');
const usersLack = unknown('BEFORE_USERS_READ');
const logsLack = unknown('BEFORE_POOL_WRITES');

type Side = Required<Omit<ScriptPart, 'why'>>;
const nothing: Side = { look: [], change: [], undo: [], remove: [], done: [], keeps: [] };

/** A folder whose list of rights is kept as a whole. */
interface KeptList {
  /** APP */
  readonly name: string;
  readonly folder: Argument;
  /** The folder above it. */
  readonly above: Argument;
  /** Any of these, and rights are given. */
  readonly lacks: readonly Condition[];
  /** And all of these. */
  readonly when: readonly Condition[];
  /** For later, where others have changed the list since: only what the script has given is taken. */
  readonly otherwise: readonly ChangeItem[];
}

/**
 * The whole list of a folder before rights are given, which an undo restores: `icacls /save` has it in the same form in every language of
 * Windows. The undo for later restores it where the list is still as the script has left it: by then others may have given rights, too.
 */
function keptList({ name, folder, above, lacks, when, otherwise }: KeptList): Side {
  const [isGiven, isSaved] = [known(`BEFORE_${name}_GIVEN`), known(`${name}_SAVED`)];
  const file = (which: string): Argument => besideScript(`.${which}.${name.toLowerCase()}.acl`);
  const ofThisRun: Argument = [contentOf('LISTS'), `.${name.toLowerCase()}.acl`];
  const save = (into: Argument): Look => ({ kind: 'look', program: 'icacls', args: [folder, '/save', into] });
  const restore = (from: Argument, ...conditions: Condition[]): ScriptCommand => ({
    kind: 'run',
    program: 'icacls',
    args: [above, '/restore', from],
    when: conditions,
  });
  const isSame = known(`NOW_${name}_SAME`);
  return {
    look: lacks.map((lack) => ({ kind: 'assign', into: `BEFORE_${name}_GIVEN`, value: 'yes', when: [...when, lack] })),
    change: [
      { kind: 'run', program: 'icacls', args: [folder, '/save', ofThisRun], when: [isGiven] },
      { kind: 'assign', into: `${name}_SAVED`, value: 'yes', when: [isGiven] },
    ],
    undo: [restore(ofThisRun, isSaved)],
    // A later run that gives rights again does not know who else has changed the list since the first one.
    done: [{ ...save(file('after')), when: [isSaved, unknown('RUN_BEFORE')] }],
    remove: [
      { ...save(file('undo')), when: [isGiven] },
      {
        kind: 'look',
        program: 'fc',
        args: ['/b', file('after'), file('undo')],
        ends: { into: `NOW_${name}_SAME`, codes: [0] },
        when: [isGiven],
      },
      restore(file('before'), isGiven, isSame),
      ...otherwise.map((item) => ({ ...item, when: [isGiven, unknown(`NOW_${name}_SAME`), ...(item.when ?? [])] })),
    ],
    keeps: ['before', 'run', 'after', 'undo'].map((which) => `.${which}.${name.toLowerCase()}.acl`),
  };
}

const builtInStays = (folder: string): ChangeItem => ({
  kind: 'say',
  text: `The rights of the pool on ${folder} stay: others have changed them since, and the account is one of Windows itself.`,
  when: [known('BEFORE_ACCOUNT_BUILT_IN')],
});

/** The pool writes its logs. */
function logsPart(logs: Argument, above: Argument): Side {
  const list = keptList({
    name: 'LOGS',
    folder: logs,
    above,
    lacks: [logsLack],
    when: [known('BEFORE_LOGS')],
    otherwise: [revoke(logs, sid, [isNamed]), builtInStays('its logs')],
  });
  const find: ChangeItem = { kind: 'folder', folder: logs, into: 'NOW_LOGS' };
  // In a folder that the script has made, all rights of the pool are the script's.
  const revokeInNew = revoke(logs, sid, [known('NOW_LOGS'), unknown('BEFORE_LOGS')]);
  return {
    ...list,
    look: [
      { kind: 'folder', folder: logs, into: 'BEFORE_LOGS' },
      lookAtRights(logs, 'M', [{ into: 'BEFORE_POOL_WRITES', account: [contentOf(account)] }], [known('BEFORE_LOGS')]),
      ...list.look,
    ],
    change: [
      ...list.change,
      { kind: 'run', program: 'mkdir', args: [logs], when: [unknown('BEFORE_LOGS')] },
      grant(logs, grantToVariable(account, 'M'), grantToVariable('BEFORE_ACCOUNT_SID', 'M'), [logsLack]),
    ],
    undo: [
      find,
      ...list.undo,
      revokeInNew,
      {
        kind: 'run',
        program: 'rmdir',
        args: [logs],
        when: [unknown('BEFORE_LOGS'), known('NOW_LOGS')],
        orStays: 'The logs of the app stay.',
      },
    ],
    remove: [
      find,
      ...list.remove.map((item) => ({ ...item, when: [known('NOW_LOGS'), ...(item.when ?? [])] })),
      revokeInNew,
    ],
  };
}

/** The rights that the pool and the anonymous user need on the app, and the pool on its logs. */
export const rightsPart: PartOfScript = (plan, place) => {
  const app = place.folder(plan.directory);
  const { logDirectory } = plan;
  const logs = logDirectory === undefined ? nothing : logsPart(place.folder(logDirectory), place.above(logDirectory));
  const others = ['list', 'vdir', joinedArgument('/physicalPath:', app), '/text:app.name'];
  const list = keptList({
    name: 'APP',
    folder: app,
    above: place.above(plan.directory),
    lacks: [poolLacks, usersLack],
    when: [],
    otherwise: [
      revoke(app, bySid(anonymous), [usersLack]),
      revoke(app, sid, [poolLacks, isNamed]),
      builtInStays('the app'),
    ],
  });
  const isUnused = unknown('NOW_FOLDER_USED');
  return {
    why: 'The rights on folders: the pool and the anonymous user of IIS read the app, the pool writes its logs.',
    look: [
      ...lookAtAccount(plan.poolName),
      lookAtRights(app, 'RX', [
        { into: 'BEFORE_POOL_READS', account: [contentOf(account)] },
        { into: 'BEFORE_USERS_READ', account: `\\${anonymous.name}` },
      ]),
      // What was before the first run is kept until the undo for later.
      { kind: 'folder', folder: [contentOf('BEFORE')], into: 'RUN_BEFORE' },
      { kind: 'assign', into: 'LISTS', value: besideScript('.before'), when: [unknown('RUN_BEFORE')] },
      { kind: 'assign', into: 'LISTS', value: besideScript('.run'), when: [known('RUN_BEFORE')] },
      ...list.look,
      ...logs.look,
    ],
    change: [
      ...list.change,
      grant(app, grantToVariable(account, 'RX'), grantToVariable('BEFORE_ACCOUNT_SID', 'RX'), [poolLacks]),
      grant(app, grantTo(anonymous.name, 'RX'), grantTo(bySid(anonymous), 'RX'), [usersLack]),
      ...logs.change,
    ],
    undo: [...logs.undo, ...list.undo],
    remove: [
      ...logs.remove,
      {
        ...lookFor('NOW_FOLDER_USED', others),
        first: { into: 'NOW_FOLDER_USED', except: appName(plan.siteName, plan.vdirPath) },
      },
      {
        kind: 'say',
        text: 'The rights on the app stay: another application has its folder.',
        when: [known('NOW_FOLDER_USED')],
      },
      ...list.remove.map((item) => ({ ...item, when: [isUnused, ...(item.when ?? [])] })),
    ],
    done: [...logs.done, ...list.done],
    keeps: [...list.keeps, ...logs.keeps],
  };
};
