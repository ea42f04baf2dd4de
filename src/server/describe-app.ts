import { programPathOf } from '../webconfig/index.js';
import type { AppOnServer } from './types.js';

/** What the doctor and deploy know of an app; paths as the server has them. */
export interface KnownApp {
  readonly directory: string;
  readonly entry?: string | undefined;
  readonly logDirectory?: string | undefined;
  /** Of iisnode. */
  readonly nodeProcessCommandLine?: string | undefined;
  readonly pool?: AppOnServer['pool'] | undefined;
  readonly anonymousUser?: string | undefined;
}

/** node of the PATH is the default of the probes, too. */
const isDefault = (program: string): boolean => /^(?:node(?:\.exe)?)?$/i.test(program);

/** The same as the probes take it. */
export function describeApp({ nodeProcessCommandLine = '', ...app }: KnownApp): AppOnServer {
  const { directory, entry, logDirectory, pool, anonymousUser } = app;
  const { path: nodeProgram } = programPathOf(nodeProcessCommandLine);
  return {
    directory,
    ...(entry !== undefined && { entry }),
    ...(logDirectory !== undefined && { logDirectory }),
    ...(!isDefault(nodeProgram) && { nodeProgram }),
    ...(pool && { pool }),
    ...(anonymousUser !== undefined && { anonymousUser }),
  };
}
