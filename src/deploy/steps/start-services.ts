import { UserError } from '../../errors.js';
import type { DeployPlan } from '../plan.js';
import { servicesPart } from '../script/services-part.js';
import type { DeployContext, DeployStep } from '../step.js';
import { siteState } from './start-objects.js';

interface SeenServices {
  /** The stopped ones; none also where they cannot be asked. */
  readonly stopped: readonly string[];
}

/** WAS runs the pools, and W3SVC, which needs it, hands requests to them: asking for W3SVC is enough while it runs. */
const services = ['W3SVC', 'WAS'] as const;

/** `sc query`: the number of the state is the same in every language of Windows, `STATE : 1 STOPPED` (iis.md 5). */
async function isStopped({ run }: DeployContext, service: string): Promise<boolean> {
  const { exitCode, stdout } = await run('sc.exe', ['query', service]);
  return exitCode === 0 && /:[ \t]*1[ \t]+STOPPED\b/.test(stdout);
}

async function look(context: DeployContext, plan: DeployPlan): Promise<SeenServices> {
  if (context.target.kind !== 'iis' || !context.target.hasServices) return { stopped: [] };
  // W3SVC itself starts sites; without it their state is Unknown (iis.md 2.4), and the services tell why.
  if ((await siteState(context, plan))?.toLowerCase() === 'started') return { stopped: [] };
  return lookAtServices(context);
}

async function lookAtServices(context: DeployContext): Promise<SeenServices> {
  const [main, needed] = services;
  if (!(await isStopped(context, main))) return { stopped: [] };
  return { stopped: (await isStopped(context, needed)) ? [main, needed] : [main] };
}

const netStart = ['start', 'W3SVC'] as const;

async function start(context: DeployContext): Promise<void> {
  const { exitCode, stdout } = await context.run('net.exe', netStart);
  context.appcmd.forget?.(); // sites and pools have another state now
  if ((await lookAtServices(context)).stopped.length === 0) return;
  throw new UserError('IIS_NOT_STARTED', {
    what: `IIS does not start: net start W3SVC ended with ${exitCode}`,
    why:
      stdout
        .trim()
        .split(/\s*\r?\n\s*/)
        .join(' ') || 'It gave no reason; the event log of the system has it.',
    next: 'where it is disabled: sc config W3SVC start= auto; then: net start W3SVC, and deploy again',
    exit: 'refused',
  });
}

/** Windows starts IIS with itself, but an administrator may have stopped it (iisreset /stop). */
export const startServices: DeployStep<SeenServices> = {
  id: 'start-services',
  title: 'Start IIS',
  look,
  say: (_context, _plan, { stopped }) => (stopped.length === 0 ? [] : ['net start W3SVC']),
  mentioned: (_context, _plan, { stopped }) => stopped.length > 0,
  do: (context) => start(context),
  async undo(context, _plan, { stopped }) {
    // In this order: W3SVC needs WAS.
    for (const service of stopped) await context.run('net.exe', ['stop', service, '/y']);
    context.appcmd.forget?.();
  },
  script: servicesPart,
  remove: { keeps: 'other sites of IIS need them' },
};
