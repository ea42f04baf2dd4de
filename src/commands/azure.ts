import { type AzureDeployments, azureDeployments, DeployFailed, rollbackAzure } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Expectation } from '../probe/index.js';
import type { Terminal } from '../terminal/index.js';
import type { CommandContext } from './context.js';
import { seconds } from './duration.js';
import { unlessInterrupted } from './interruption.js';
import { printEvent, renderProbe } from './render-deploy.js';

const read = (to: string, { environment, signal, terminal }: CommandContext): Promise<AzureDeployments> =>
  unlessInterrupted(azureDeployments({ to, environment, signal, onWait: terminal.say }), signal);

/** `status --to azure://app`: what is live, and how the newest deployment ended. */
export async function azureStatus(to: string, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const seen = await read(to, context);
  const { out } = terminal;
  const live = seen.deployments.find((one) => one.live);
  const [newest] = seen.deployments;
  terminal.print(
    `site         ${out.url(seen.url)}  ${seen.app}${seen.slot === undefined ? '' : `, slot ${seen.slot}`}`,
  );
  terminal.print(`             ${out.dim(seen.scm)}`);
  terminal.print(live === undefined ? 'live         no deployment' : `live         ${lineOf(live)}`);
  if (newest !== undefined && newest !== live) {
    const mark = newest.state === 'failed' ? out.error('newest') : out.warning('newest');
    terminal.print(`${mark}       ${lineOf(newest)}`);
  }
  for (const line of seen.log) terminal.print(`             ${out.dim(line)}`);
  terminal.document(seen);
  return exitCodes.done.code;
}

/** `releases --to azure://app` */
export async function azureReleases(to: string, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const seen = await read(to, context);
  for (const one of seen.deployments) {
    const line = `${one.live ? '*' : ' '} ${lineOf(one)}${one.kept ? '  kept here' : ''}`;
    terminal.print(one.live ? terminal.out.good(line) : line);
  }
  terminal.say(terminal.err.dim(`${seen.url}: the deployments that ${seen.scm} lists`));
  terminal.document(seen);
  return exitCodes.done.code;
}

interface RollbackAsked {
  readonly to: string;
  readonly release: string | undefined;
  readonly dryRun: boolean;
  readonly verify: boolean;
  readonly expect: readonly Expectation[] | undefined;
}

/** `rollback --to azure://app` */
export async function azureRollback(asked: RollbackAsked, context: CommandContext): Promise<number> {
  const { terminal, environment, signal } = context;
  const { to, release, dryRun, verify, expect } = asked;
  const result = await rollbackAzure(
    {
      to,
      dryRun,
      verify,
      environment,
      signal,
      ...(release !== undefined && { release }),
      ...(expect !== undefined && { expect }),
    },
    (event) => printEvent(terminal, event, dryRun),
  ).catch((error: unknown) => {
    if (error instanceof DeployFailed) renderProbe(terminal, error.probe);
    throw error;
  });
  if (dryRun) printCommands(terminal, result.commands);
  else {
    if (result.probe !== undefined) renderProbe(terminal, result.probe);
    terminal.print(terminal.out.url(result.url));
    const done = result.release ?? 'what the slot had';
    terminal.print(
      result.changed ? `rolled back to ${done} in ${seconds(result.ms)}` : `nothing to do: ${done} is live`,
    );
  }
  terminal.document({ ...result, exit: exitCodes.done.code });
  return exitCodes.done.code;
}

function printCommands(terminal: Terminal, commands: readonly string[]): void {
  for (const command of commands) terminal.print(command);
  if (commands.length === 0) terminal.print('nothing to do: it is live');
}

/** `1a2b3c  done  2026-11-29T07:15:02Z  ann@web1  iisnode-sock sha256:...` */
function lineOf({ id, state, received, author, message }: AzureDeployments['deployments'][number]): string {
  return [id, state, received ?? '', author, message.slice(0, 60)].join('  ');
}
