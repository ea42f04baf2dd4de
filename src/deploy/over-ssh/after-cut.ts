import { UserError, type UserErrorOptions } from '../../errors.js';
import type { ConnectionLost, SshAddress } from '../../ssh/index.js';
import { typedCommand } from '../../typed-command.js';
import type { AppPlace } from '../plan.js';
import { atServer, type OpenServer } from './at-server.js';
import type { RemoteOutcome } from './wire.js';

interface Cut {
  readonly command: 'deploy' | 'rollback' | 'undeploy' | 'serve-folder';
  readonly address: SshAddress;
  readonly place: AppPlace;
  readonly deployment: string;
  /** Of serve-folder: a folder of the server. */
  readonly directory?: string;
  readonly releasesDirectory?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Ctrl-C in a terminal reaches ssh too: the connection is lost then. */
  readonly signal?: AbortSignal | undefined;
  readonly open?: OpenServer | undefined;
}

/** Asks the server in a new connection what became of a command, and gives the error that says it. */
export async function afterCut(lost: ConnectionLost, cut: Cut): Promise<UserError> {
  const { address, place, deployment, releasesDirectory, environment, signal, open } = cut;
  const { siteName, vdirPath } = place;
  const folder = releasesDirectory === undefined ? {} : { releasesDirectory };
  const request = { command: 'outcome', place: { siteName, vdirPath }, deployment, ...folder } as const;
  const talk = { ...(environment && { environment }), ...(open && { open }) };
  const state = await atServer<RemoteOutcome>(address, request, talk).then(
    ({ result }) => result,
    () => undefined,
  );
  const { what, next, again, exit } = sayings[cut.command](state, cut);
  const text = { why: lost.why, next, again, cause: lost };
  if (signal?.aborted !== true)
    return new UserError('CONNECTION_LOST', { ...text, what: `${lost.what}; ${what}`, exit });
  const isLeft = exit === 'incomplete';
  const why = 'You (or the system) asked the command to stop, and ssh with it.';
  return new UserError('INTERRUPTED', {
    ...text,
    why,
    what: `interrupted; ${what}`,
    exit: isLeft ? exit : 'interrupted',
  });
}

type Saying = Pick<UserError, 'what' | 'next' | 'exit'> & Pick<UserErrorOptions, 'again'>;

/** What was typed, once more, and what it does then; in words for who did not type it. */
const repeated = (command: string, note?: string): Required<Pick<UserErrorOptions, 'next' | 'again'>> => ({
  next: note === undefined ? `${command} again` : `${command} again     (${note})`,
  again: { same: true, ...(note !== undefined && { note }) },
});
type Describe = (state: RemoteOutcome | undefined, cut: Cut) => Saying;

const killed = 'its process there was ended in the middle (a restart of the server, perhaps)';

const ofDeployment: Describe = (state) => {
  const again = (note?: string) => repeated('deploy', note);
  switch (state?.outcome) {
    case 'done':
      return {
        what: `the deployment was complete before: release ${state.release} is live`,
        next: 'nothing; deploy again to check it',
        exit: 'refused',
      };
    case 'none':
      return { what: 'nothing was changed there', ...again(), exit: 'refused' };
    case 'undone':
    case 'interrupted':
      return { what: 'everything done before was undone there', ...again(), exit: 'refused' };
    case 'incomplete':
      return {
        what: 'not everything could be undone there',
        ...again('it makes up for it; or look at IIS there'),
        exit: 'incomplete',
      };
    case 'ended':
      return {
        what: `${killed}: ${leftOf(state)}`,
        ...again('it goes on from there'),
        exit: 'incomplete',
      };
    case 'running':
      return {
        what: 'the server still undoes it',
        ...again('it waits for that'),
        exit: 'incomplete',
      };
    default:
      return {
        what: 'and what became of the deployment could not be asked',
        ...again('when the server can be reached: it finds what is left, and cleans up'),
        exit: 'incomplete',
      };
  }
};

/** Which release is live, and what its processes still are. */
function leftOf({ release, live, unfinished }: RemoteOutcome): string {
  if (live === undefined) return 'no release is live, and some of what it needs may be there';
  if (live !== release)
    return `release ${live} is live as before, and some of what release ${release} needs may be there`;
  return `release ${live} is live${unfinished === undefined ? ', and was not checked' : ', and its pool is not recycled: the former processes still run'}`;
}

/** Run again without a name it would go back by one release more. */
const ofRollback: Describe = (state, cut) => {
  const { release } = state ?? {};
  const look = `${typedCommand(['releases', ...placeArguments(cut)])}     (shows which release is live; then name the one to go back to)`;
  const next = release === undefined ? look : typedCommand(['rollback', release, ...placeArguments(cut)]);
  switch (state?.outcome) {
    case 'done':
      return {
        what: `the rollback was complete before: release ${release} is live`,
        next: 'nothing; another rollback would go back by one release more',
        exit: 'refused',
      };
    case 'none':
      return { what: 'nothing was changed there', ...repeated('roll back'), exit: 'refused' };
    case 'undone':
    case 'interrupted':
      return { what: 'everything done before was undone there', next, exit: 'refused' };
    case 'incomplete':
      return { what: 'not everything could be undone there', next, exit: 'incomplete' };
    case 'ended':
      return { what: `${killed}: ${leftOf(state)}`, next, exit: 'incomplete' };
    case 'running':
      return { what: 'the server is still at work', next: look, exit: 'incomplete' };
    default:
      return { what: 'and what became of the rollback could not be asked', next: look, exit: 'incomplete' };
  }
};

const ofRemoval: Describe = (state) => {
  const again = (note?: string) => repeated('undeploy', note);
  switch (state?.outcome) {
    case 'done':
      return { what: 'the app was removed before', next: 'nothing', exit: 'refused' };
    case 'none':
      return { what: 'nothing was removed there', ...again(), exit: 'refused' };
    case 'running':
      return {
        what: 'the server still removes the app',
        ...again('it waits for that, and removes what is left'),
        exit: 'incomplete',
      };
    case undefined:
      return {
        what: 'and what became of the removal could not be asked',
        ...again('when the server can be reached: it removes what is left'),
        exit: 'incomplete',
      };
    default:
      return {
        what: state?.outcome === 'ended' ? killed : 'not everything was removed there',
        ...again('it removes what is left'),
        exit: 'incomplete',
      };
  }
};

/** A release is live that is to be none any more: what does not end is said with what is live. */
const ofFolder: Describe = (state, { place: { siteName, vdirPath }, directory = '' }) => {
  const live = state?.live === undefined ? `${directory} is live` : `release ${state.live} is live`;
  const command = ['deploy', directory, '--to', 'iis', '--site', siteName, '--path', vdirPath, '--in-place'];
  const again = `on the server: ${typedCommand(command)}`;
  switch (state?.outcome) {
    case 'done':
      return { what: `it was complete before: ${live} again`, next: 'nothing', exit: 'refused' };
    case 'none':
      return { what: `nothing was changed there: ${live}`, next: again, exit: 'refused' };
    case 'undone':
    case 'interrupted':
      return { what: `everything done before was undone there: ${live}`, next: again, exit: 'refused' };
    case 'incomplete':
      return { what: `not everything could be undone there: ${live}`, next: again, exit: 'incomplete' };
    case 'ended':
      return {
        what: `${killed}: ${live}, and some of what it needs may not be there`,
        next: again,
        exit: 'incomplete',
      };
    case 'running':
      return { what: 'the server is still at work', next: `${again}; it waits for that`, exit: 'incomplete' };
    default:
      return {
        what: `and whether ${directory} is live again could not be asked`,
        next: `when the server can be reached, ${again}`,
        exit: 'incomplete',
      };
  }
};

const sayings: Readonly<Record<Cut['command'], Describe>> = {
  deploy: ofDeployment,
  rollback: ofRollback,
  undeploy: ofRemoval,
  'serve-folder': ofFolder,
};

/** The place as it is typed. */
const placeArguments = ({ address, place }: Cut): readonly string[] => [
  ...['--to', address.shown],
  ...(address.site === undefined ? ['--site', place.siteName] : []),
  ...(address.path === undefined ? ['--path', place.vdirPath] : []),
];
