import { describe, expect, it } from 'vitest';
import { type DeployContext, type DeployEvent, runPlan, steps } from '../../src/deploy/index.js';
import { iisTarget } from '../../src/deploy/targets/iis.js';
import { smallText } from '../appcmd/support.js';
import { deployWorld, planFor } from './support.js';

/** A server whose services are these; `net start` fails with `refusal`. */
function server(running: Set<string>, refusal?: string) {
  const { context, world } = deployWorld(smallText());
  // W3SVC starts the sites.
  Object.defineProperty(world.store, 'isRunning', { get: () => running.has('W3SVC') });
  const ran: string[] = [];
  const run: DeployContext['run'] = async (program, args) => {
    const [verb, service = ''] = args;
    if (program === 'sc.exe') {
      const state = running.has(service) ? '4  RUNNING' : '1  STOPPED';
      return {
        exitCode: 0,
        stdout: `SERVICE_NAME: ${service}\r\n        TYPE               : 20  WIN32_SHARE_PROCESS\r\n        STATE              : ${state}\r\n`,
      };
    }
    if (program !== 'net.exe') return { exitCode: 0, stdout: '' };
    ran.push(`net ${args.join(' ')}`);
    if (verb === 'start' && refusal !== undefined) return { exitCode: 2, stdout: refusal };
    if (verb === 'start') for (const name of ['WAS', 'W3SVC']) running.add(name);
    else running.delete(service);
    return { exitCode: 0, stdout: '' };
  };
  const target = { ...iisTarget(context.appcmd, 'linux'), hasServices: true };
  return { ran, world, context: { ...context, run, target } };
}
const plan = planFor('/apps/dante', { port: undefined });

describe('an IIS whose services are stopped', () => {
  it.each([
    [[], 'both'],
    [['WAS'], 'W3SVC'],
  ])('is started: %j run', async (running) => {
    const services = new Set<string>(running);
    const { context, ran } = server(services);
    const { steps: said } = await runPlan(steps, context, plan, () => undefined);
    expect(said.find(({ id }) => id === 'start-services')?.commands).toEqual(['net start W3SVC']);
    expect(ran).toEqual(['net start W3SVC']);
    expect([...services].sort()).toEqual(['W3SVC', 'WAS']);
  });

  it('is stopped again when a later step fails', async () => {
    const services = new Set<string>();
    const { context, ran } = server(services);
    const failing = {
      ...steps.find(({ id }) => id === 'verify'),
      needed: () => true,
      do: () => Promise.reject(new Error('no')),
    };
    const list = steps.map((step) => (step.id === 'verify' ? { ...step, ...failing } : step));
    await expect(runPlan(list, context, plan, () => undefined)).rejects.toMatchObject({ exit: 'refused' });
    expect(ran).toEqual(['net start W3SVC', 'net stop W3SVC /y', 'net stop WAS /y']);
    expect(services).toEqual(new Set());
  });

  it('and do not start are a refusal with what Windows said, and everything is undone', async () => {
    const { context, world } = server(
      new Set(),
      'System error 1058 has occurred.\r\n\r\nThe service cannot be started.\r\n',
    );
    const before = world.store.text;
    await expect(runPlan(steps, context, plan, () => undefined)).rejects.toMatchObject({
      code: 'IIS_NOT_STARTED',
      why: 'System error 1058 has occurred. The service cannot be started.',
      next: expect.stringContaining('sc config W3SVC start= auto'),
    });
    expect(world.store.text).toBe(before);
  });

  it('that runs is not started, and nothing says that it was', async () => {
    const { context, ran } = server(new Set(['W3SVC', 'WAS']));
    const events: DeployEvent[] = [];
    await runPlan(steps, context, plan, (event) => events.push(event));
    expect(ran).toEqual([]);
    expect(events.filter(({ step }) => step === 'start-services')).toEqual([]);
    expect(events.map(({ note }) => note).join()).not.toContain('running');
  });
});
