import type { DeployStep } from '../types.js';

interface Seen {
  readonly running: boolean;
}

/** The background host of the embedded target. IIS's own services are Windows' business. */
export const startHost: DeployStep<Seen> = {
  id: 'start-host',
  title: 'Start the embedded IIS',
  note: ({ host, target }) =>
    host !== undefined ? undefined : target === 'iis' ? 'IIS runs already' : 'not for IIS: Windows starts it',
  look: async ({ host }) => ({ running: host === undefined || (await host.running()) }),
  say: ({ host }, _plan, { running }) => (running || host === undefined ? [] : [host.command]),
  async do({ host }, _plan, { running }) {
    if (!running) await host?.start();
  },
  async undo({ host }, _plan, { running }) {
    if (!running && host !== undefined && (await host.running())) await host.stop();
  },
};
