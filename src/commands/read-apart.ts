import type { parseApps } from '../app/place/index.js';
import { diagnose, serveWarnings } from '../doctor/index.js';
import type { HostEvent } from '../host/index.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is to be read of an app; can be sent to a thread. */
export type ReadApart =
  | {
      /** What `serve` warns of at its start. */
      readonly kind: 'warnings';
      readonly place: Parameters<typeof serveWarnings>[0];
      readonly apps: ReturnType<typeof parseApps>;
      readonly environment: Environment;
    }
  | {
      /** What the doctor finds. */
      readonly kind: 'findings';
      readonly directory: string;
      readonly vdirPath: string;
      readonly cwd: string;
      readonly environment: Environment;
    };

/** The results by their kind. */
export interface Examined {
  readonly warnings: readonly HostEvent[];
  readonly findings: Awaited<ReturnType<typeof diagnose>>['findings'];
}

/** Reads it here. */
export async function readApart(what: ReadApart): Promise<Examined[keyof Examined]> {
  if (what.kind === 'warnings') return serveWarnings(what.place, what.apps, what.environment);
  const { directory, vdirPath, cwd, environment } = what;
  return (await diagnose(directory, { cwd, environment, vdirPath })).findings;
}
