import type { Appcmd } from '../../appcmd/index.js';
import type { ServerPlace } from '../../server/index.js';
import type { Channel } from '../../ssh/index.js';
import type { DeployContext } from '../step.js';
import { chooseTarget } from '../targets/choose-target.js';
import type { DeployEvent } from '../types.js';

/** What each command on the server gets. */
export interface Work {
  readonly channel: Channel;
  /** Aborted when the client has closed its side, or is gone. */
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly report: (event: DeployEvent) => void;
  /** Replaces appcmd.exe. */
  readonly appcmd?: Appcmd;
  /** Replaces Windows of this machine. */
  readonly server?: ServerPlace;
}

/** For looks at the IIS of this machine. @throws UserError where it cannot be asked. */
export const contextOfIis = ({ environment, signal, appcmd }: Work): DeployContext =>
  chooseTarget({ to: 'iis', environment, ...(appcmd && { appcmd }) }, signal).context;
