import type { App } from '../app/index.js';
import { UserError } from '../errors.js';
import { checkAdoptedAdapter } from './adopt-adapter.js';
import { eio3NotSupported } from './engine-io-3.js';
import type { CheckedOptions } from './options.js';

/**
 * Checks options for new apps, which an existing app must already fulfil: adopting edits web.config and no code. So the command
 * that created an app can be run in it again.
 *
 * @param route The URL of plain WebSockets; undefined: the app uses socket.io.
 * Throws UserError TYPESCRIPT_NOT_ADOPTED, ADAPTER_NOT_ADOPTED, TRANSPORTS_NOT_SUPPORTED, EIO3_NOT_SUPPORTED (usage).
 */
export function checkAdopted(options: CheckedOptions, app: App, route: string | undefined): void {
  const { directory, typescript } = options;
  if (route !== undefined) checkPlain(options);
  if (typescript && !app.folder.isFile('tsconfig.json')) {
    throw new UserError('TYPESCRIPT_NOT_ADOPTED', {
      what: `${directory} has an app that is not in TypeScript`,
      why: '--typescript is for a new app: adopting changes only web.config, no code.',
      next: 'omit --typescript, or create a new app in an empty folder',
      again: { without: ['--typescript'] },
    });
  }
  checkAdoptedAdapter(options, app, route);
}

/** Options that only apply to socket.io. */
function checkPlain({ directory, transports, allowEio3 }: CheckedOptions): void {
  const why = 'It speaks plain WebSockets, not socket.io.';
  if (allowEio3) throw eio3NotSupported(`the app in ${directory}`, why, 'omit it');
  if (transports?.includes('polling') !== true) return;
  throw new UserError('TRANSPORTS_NOT_SUPPORTED', {
    what: `the app in ${directory} does not support the transport polling`,
    why,
    next: 'omit --transports',
    again: { without: ['--transports'] },
  });
}
