import { UserError } from '../../errors.js';
import type { ConnectionLost, SshAddress } from '../../ssh/index.js';
import type { AppPlace } from '../plan.js';
import { atServer, type OpenServer } from './at-server.js';
import type { DeploymentOutcome } from './wire.js';

interface Cut {
  readonly address: SshAddress;
  readonly place: AppPlace;
  readonly deployment: string;
  readonly environment: Readonly<Record<string, string | undefined>> | undefined;
  readonly open: OpenServer | undefined;
}

/** Asks the server in a new connection what became of a deployment, and gives the error that says it. */
export async function afterCut(
  lost: ConnectionLost,
  { address, place, deployment, environment, open }: Cut,
): Promise<UserError> {
  const { siteName, vdirPath } = place;
  const request = { command: 'outcome', place: { siteName, vdirPath }, deployment } as const;
  const talk = { ...(environment && { environment }), ...(open && { open }) };
  const state = await atServer<DeploymentOutcome>(address, request, talk).then(
    ({ result }) => result,
    () => undefined,
  );
  const { what, next, exit } = stateOf(state);
  return new UserError('CONNECTION_LOST', { what: `${lost.what}; ${what}`, why: lost.why, next, exit, cause: lost });
}

function stateOf(state: DeploymentOutcome | undefined): Pick<UserError, 'what' | 'next' | 'exit'> {
  const again = 'deploy again';
  const release = state?.release ?? '';
  switch (state?.outcome) {
    case 'done':
      return {
        what: `the deployment was complete before: release ${release} is live`,
        next: 'nothing; deploy again to check it',
        exit: 'refused',
      };
    case 'none':
      return { what: 'nothing was changed there', next: again, exit: 'refused' };
    case 'undone':
    case 'interrupted':
      return { what: 'everything done before was undone there', next: again, exit: 'refused' };
    case 'incomplete':
      return {
        what: 'not everything could be undone there',
        next: `${again}: it makes up for it; or look at IIS there`,
        exit: 'incomplete',
      };
    case 'running':
      return { what: 'the server still undoes it', next: `${again}: it waits for that`, exit: 'incomplete' };
    default:
      return {
        what: 'and what became of the deployment could not be asked',
        next: `when the server can be reached, ${again}: it finds what is left, and cleans up`,
        exit: 'incomplete',
      };
  }
}
