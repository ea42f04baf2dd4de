import { UserError } from '../../errors.js';
import { isWholeOnWindows } from '../../files/index.js';
import type { DeployOptions } from '../types.js';

/** Options that have no meaning for a server elsewhere. @throws UserError NOT_OVER_SSH. */
export function refuseNotOverSsh({ inPlace, releasesDirectory, port, newSite }: DeployOptions): void {
  if (inPlace === true)
    throw refused('--in-place', 'The app comes to the server as a release: there is no other folder of it.', 'omit it');
  if (releasesDirectory !== undefined && !isWholeOnWindows(releasesDirectory))
    throw refused(
      `--releases-dir ${releasesDirectory}`,
      'It is a folder of the server.',
      'give its whole path there: D:\\apps\\dante',
    );
  if (port !== undefined && newSite === undefined)
    throw refused(
      '--port',
      'On IIS the bindings of an existing site are set by its administrator.',
      'omit it, or create a site for the app: --new-site NAME --port 8090',
    );
}

const refused = (option: string, why: string, next: string): UserError =>
  new UserError('NOT_OVER_SSH', { what: `${option} cannot be used with --to ssh://`, why, next });
