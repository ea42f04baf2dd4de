import { randomUUID } from 'node:crypto';
import { type ConnectionLost, readSshAddress } from '../../ssh/index.js';
import { vdirPathOf } from '../../webconfig/index.js';
import type { LogLine } from '../log-files.js';
import type { ReleaseList, ReleasesOptions } from '../releases/release-list.js';
import { same } from '../steps/run-appcmd.js';
import type {
  DeployEvent,
  DeployOptions,
  DeployResult,
  RollbackOptions,
  UndeployOptions,
  UndeployResult,
} from '../types.js';
import { afterCut } from './after-cut.js';
import { atServer, type OpenServer, type ServerTalk } from './at-server.js';
import { askFromHere } from './from-here.js';
import { placedBySsh, placeOver } from './place.js';
import type { DeployedToIis } from './wire.js';

const talkOf = ({ environment, signal }: Pick<UndeployOptions, 'environment' | 'signal'>) => ({
  ...(environment && { environment }),
  ...(signal && { signal }),
});

/** What became of a command is asked after a cut; a dry run changes nothing. */
const askingAfterCut = (
  command: 'rollback' | 'undeploy',
  options: UndeployOptions & { readonly open?: OpenServer | undefined },
  deployment: string,
): Pick<ServerTalk, 'afterCut'> => {
  if (options.dryRun === true) return {};
  const { environment, signal, open } = options;
  const cut = { command, ...placeOver(options), deployment, environment, signal, open };
  return { afterCut: (lost) => afterCut(lost, cut) };
};

/** `undeploy`, on a server. @param open for tests: another connection. */
export async function undeployOverSsh(options: UndeployOptions, open?: OpenServer): Promise<UndeployResult> {
  const { address, place } = placeOver(options);
  const { onWait, dryRun } = options;
  const deployment = randomUUID();
  const talk = {
    ...talkOf(options),
    ...(onWait && { onWait }),
    ...(open && { open }),
    ...askingAfterCut('undeploy', { ...options, open }, deployment),
  };
  const { result } = await atServer<UndeployResult>(
    address,
    { command: 'undeploy', place, deployment, ...(dryRun && { dryRun }) },
    talk,
  );
  return { ...result, target: 'ssh' };
}

/** `rollback`, on a server. @param open for tests: another connection. */
export async function rollbackOverSsh(
  options: RollbackOptions,
  report: (event: DeployEvent) => void,
  open?: OpenServer,
): Promise<DeployResult> {
  const { address, place } = placeOver(options);
  const { release, dryRun, verify, expect } = options;
  const given = Object.entries({ release, dryRun, verify, expect }).filter(([, value]) => value !== undefined);
  const deployment = randomUUID();
  const request = { command: 'rollback', place, deployment, options: Object.fromEntries(given) } as const;
  const { result, computer } = await atServer<DeployResult>(address, request, {
    ...talkOf(options),
    event: report,
    ...(open && { open }),
    ...askingAfterCut('rollback', { ...options, open }, deployment),
  });
  const url =
    result.url === undefined ? undefined : await askFromHere(result.url, address, computer, report, dryRun === true);
  return { ...result, target: 'ssh', url, probe: result.probe };
}

/**
 * Makes IIS of a server serve a folder there again, which is none of its releases.
 * @param open for tests: another connection.
 */
export async function serveFolderOverSsh(options: DeployOptions, open?: OpenServer): Promise<DeployResult> {
  const { directory, pool, verify, environment, signal } = options;
  const { address, place } = placeOver(options);
  const deployment = randomUUID();
  const asked = { ...(pool !== undefined && { pool }), ...(verify !== undefined && { verify }) };
  const request = { command: 'serve-folder', place, directory, deployment, options: asked } as const;
  const cut = { command: 'serve-folder', address, place, directory, deployment, environment, signal, open } as const;
  const talk = { ...talkOf(options), ...(open && { open }), afterCut: (lost: ConnectionLost) => afterCut(lost, cut) };
  return (await atServer<DeployResult>(address, request, talk)).result;
}

/** `releases`, on a server. */
export async function releasesOverSsh(options: ReleasesOptions): Promise<ReleaseList> {
  const { address, place } = placeOver(options);
  const { result } = await atServer<ReleaseList>(address, { command: 'releases', place }, talkOf(options));
  return { ...result, target: 'ssh' };
}

/**
 * What deploy has deployed to IIS of a server; with a site or a path in the address, or beside it, that alone.
 * @param open for tests: another connection.
 */
export async function statusOverSsh(
  options: Pick<UndeployOptions, 'site' | 'path' | 'environment' | 'signal'> & { readonly to: string },
  open?: OpenServer,
): Promise<readonly DeployedToIis[]> {
  const named = placedBySsh(options);
  const { result } = await atServer<{ readonly deployed: readonly DeployedToIis[] }>(
    readSshAddress(options.to),
    { command: 'status' },
    { ...talkOf(options), ...(open && { open }) },
  );
  const isNamed = (name: string | undefined, value: string): boolean => name === undefined || same(name, value);
  const at = named.path === undefined ? undefined : vdirPathOf(named.path);
  return result.deployed.filter(({ site, path }) => isNamed(named.site, site) && isNamed(at, path));
}

/** `logs`, on a server. Gives the folder of the logs there. With `follow` until the signal, or the end of the connection. */
export async function logsOverSsh(
  options: Parameters<typeof placeOver>[0] & Pick<UndeployOptions, 'signal'>,
  { lines, follow }: { readonly lines: number; readonly follow: boolean },
  hear: (line: LogLine) => void,
): Promise<string> {
  const { address, place } = placeOver(options);
  const talk = { ...talkOf(options), follows: follow, line: (line: object) => hear(line as LogLine) };
  const request = { command: 'logs', place, lines, follow } as const;
  try {
    return (await atServer<{ readonly directory: string }>(address, request, talk)).result.directory;
  } catch (error) {
    // The end that was asked for.
    if (follow && options.signal?.aborted === true && error === options.signal.reason) return '';
    throw error;
  }
}
