import type { DeployStep } from '../step.js';

interface SeenHost {
  readonly running: boolean;
}

/** Starts the background host of the embedded target. Windows starts IIS's own services. */
export const startHost: DeployStep<SeenHost> = {
  id: 'start-host',
  title: 'Start the embedded IIS',
  note: ({ target }) => target.noHost,
  look: async ({ target: { host } }) => ({ running: host === undefined || (await host.running()) }),
  say: ({ target: { host } }, _plan, { running }) => (running || host === undefined ? [] : [host.command]),
  async do({ target: { host } }, _plan, { running }) {
    if (!running) await host?.start();
  },
  async undo({ target: { host } }, _plan, { running }) {
    if (!running && host !== undefined && (await host.running())) await host.stop();
  },
  remove: { keeps: 'prepare-host stops it, after the application and its pool are removed' },
};
