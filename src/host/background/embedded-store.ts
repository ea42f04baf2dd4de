import { existsSync } from 'node:fs';
import type { AppcmdStore } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import { fileLimits, readFile, writeFileAtomic } from '../../files/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { type Home, prepareHome } from './home.js';
import { hostStatus, reloadBackgroundHost, sendControlRequest } from './running.js';

/**
 * The embedded IIS of a home for its own appcmd: the applicationHost.config, and the background host when it runs.
 * The running host has applied a write when `write` resolves.
 */
export function embeddedStore(home: Home): AppcmdStore {
  return {
    file: home.applicationHostFile,
    prepare: () => prepareHome(home),
    async read() {
      if (!existsSync(home.applicationHostFile)) prepareHome(home);
      return (await readFile(home.applicationHostFile, fileLimits.config)).toString('utf8');
    },
    async write(text) {
      prepareHome(home);
      await writeFileAtomic(home.applicationHostFile, text);
      await reloadBackgroundHost(home);
    },
    running: async () => (await hostStatus(home)) !== undefined,
    stoppedPools: async () => (await hostStatus(home))?.stoppedPools ?? [],
    async signal(command, object, name) {
      const request =
        command === 'recycle'
          ? ({ command, pool: name } as const)
          : ({ command: command === 'start' ? 'start' : 'halt', kind: object, name } as const);
      if ((await sendControlRequest(home, request)) !== undefined) return;
      throw new UserError('HOST_NOT_RUNNING', {
        what: `Cannot ${command} ${object} "${name}"`,
        why: 'The background host of the embedded IIS is not running.',
        next: `start it with: ${iisnodeSock} deploy --to embedded`,
        exit: 'refused',
      });
    },
  };
}
