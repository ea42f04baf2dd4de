import { isReading } from '../appcmd/index.js';
import { UserError } from '../errors.js';
import { commandLine } from '../quoting.js';
import { iisnodeSock, typedCommand } from '../typed-command.js';
import type { CertificateStore } from './certificates.js';
import { onlyReads } from './only-reads.js';
import type { DeployPlan } from './plan.js';
import type { ReleaseFolder } from './releases/release-folder.js';
import type { DeployContext, UndoStep } from './step.js';
import type { Target } from './target.js';

/**
 * The commands to type for a step that could not be undone: its undo is run once more and reads the current state, but its
 * writing command lines are only recorded. Empty when the undo has no command line.
 */
export async function undoByHand(
  { undo, seen }: { readonly undo: UndoStep; readonly seen: unknown },
  context: DeployContext,
  plan: DeployPlan,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const { appcmd, target, run, format = commandLine } = context;
  const rehearsal: DeployContext = {
    ...context,
    isRehearsal: true,
    appcmd: {
      format: (args) => appcmd.format(args),
      async run(args) {
        if (isReading(args)) return appcmd.run(args);
        lines.push(appcmd.format(args));
        return { exitCode: 0, stdout: '' };
      },
    },
    async run(program, args) {
      if (onlyReads(program, args)) return run(program, args);
      lines.push(format(program, args));
      return { exitCode: 0, stdout: '' };
    },
    target: withRecordedCertificates(targetOfDryRun(target, lines), lines),
    ...(context.records && { records: recordsOfDryRun(context, lines) }),
    ...(context.releases && { releases: { folder: unchanging(context.releases.folder) } }),
  };
  // If the state cannot be read any more, there are no commands to show.
  await undo(rehearsal, plan, seen).catch(() => undefined);
  return lines;
}

/** It can be read only: a new attempt would hide what is left to do. */
const unchanging = (folder: ReleaseFolder): ReleaseFolder => ({
  ...folder,
  copy: async () => undefined,
  remove: async () => undefined,
  discard: async () => undefined,
  setUnfinished: async () => undefined,
  notifyClients: async () => undefined,
});

function targetOfDryRun(target: Target, lines: string[]): Target {
  if (target.kind !== 'embedded' && target.kind !== 'iisexpress') return target;
  const { host } = target;
  const stopped = { ...host, stop: async () => lines.push(host.stopCommand) > 0 };
  return { ...target, host: stopped };
}

/** A store that is no program of the server would lose them at once. */
function withRecordedCertificates(target: Target, lines: string[]): Target {
  const { certificates: store } = target;
  if (store === undefined) return target;
  const certificates: CertificateStore = {
    ...store,
    add: async (endpoint, thumbprint) => void lines.push(store.sayAdd(endpoint, thumbprint)),
    remove: async (endpoint) => void lines.push(store.sayRemove(endpoint)),
  };
  return { ...target, certificates };
}

/** The record itself has no command: undeploy removes it with the deployment. */
function recordsOfDryRun(
  { records, target }: DeployContext,
  lines: string[],
): NonNullable<DeployContext['records']> | undefined {
  if (records === undefined) return undefined;
  return {
    find: (...args) => records.find(...args),
    all: () => records.all(),
    save: async () => undefined, // the record of a complete deployment: undeploy would remove it
    async remove(_target, site, path) {
      lines.push(typedCommand(['undeploy', '--to', target.name, '--site', site, '--path', path]));
    },
  };
}

/** The advice of the error itself, else to check the state. */
export const adviceFor = (cause: unknown): string =>
  cause instanceof UserError ? cause.next : `check it with: ${iisnodeSock} status, or appcmd list app`;
