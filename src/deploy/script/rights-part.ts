import { appName } from '../../appcmd/index.js';
import { type Argument, joinedArgument } from '../../quoting.js';
import { anonymous, bySid, ownAccount } from '../pool-account.js';
import {
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

/** The pool writes its logs. */
const logsPart = (logs: Argument): Pick<ScriptPart, 'look' | 'change' | 'undo' | 'remove'> => {
  const remove: ChangeItem[] = [
    { kind: 'folder', folder: logs, into: 'NOW_LOGS' },
    revoke(logs, sid, [known('NOW_LOGS'), logsLack, isNamed]),
  ];
  return {
    look: [
      { kind: 'folder', folder: logs, into: 'BEFORE_LOGS' },
      lookAtRights(logs, 'M', [{ into: 'BEFORE_POOL_WRITES', account: [contentOf(account)] }], [known('BEFORE_LOGS')]),
    ],
    change: [
      { kind: 'run', program: 'mkdir', args: [logs], when: [unknown('BEFORE_LOGS')] },
      grant(logs, grantToVariable(account, 'M'), grantToVariable('BEFORE_ACCOUNT_SID', 'M'), [logsLack]),
    ],
    undo: [
      ...remove,
      {
        kind: 'run',
        program: 'rmdir',
        args: [logs],
        when: [unknown('BEFORE_LOGS'), known('NOW_LOGS')],
        orStays: 'The logs of the app stay.',
      },
    ],
    remove,
  };
};

/** The rights that the pool and the anonymous user need on the app, and the pool on its logs. */
export const rightsPart: PartOfScript = (plan, place) => {
  const app = place.folder(plan.directory);
  const { logDirectory } = plan;
  const logs =
    logDirectory === undefined ? { look: [], change: [], undo: [], remove: [] } : logsPart(place.folder(logDirectory));
  const others = ['list', 'vdir', joinedArgument('/physicalPath:', app), '/text:app.name'];
  return {
    why: 'The rights on folders: the pool and the anonymous user of IIS read the app, the pool writes its logs.',
    look: [
      ...lookAtAccount(plan.poolName),
      lookAtRights(app, 'RX', [
        { into: 'BEFORE_POOL_READS', account: [contentOf(account)] },
        { into: 'BEFORE_USERS_READ', account: `\\${anonymous.name}` },
      ]),
      ...logs.look,
    ],
    change: [
      grant(app, grantToVariable(account, 'RX'), grantToVariable('BEFORE_ACCOUNT_SID', 'RX'), [poolLacks]),
      grant(app, grantTo(anonymous.name, 'RX'), grantTo(bySid(anonymous), 'RX'), [usersLack]),
      ...logs.change,
    ],
    undo: [...logs.undo, revoke(app, bySid(anonymous), [usersLack]), revoke(app, sid, [poolLacks, isNamed])],
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
      revoke(app, bySid(anonymous), [usersLack, unknown('NOW_FOLDER_USED')]),
      revoke(app, sid, [poolLacks, isNamed, unknown('NOW_FOLDER_USED')]),
    ],
  };
};
