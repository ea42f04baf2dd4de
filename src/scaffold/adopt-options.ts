import type { App } from '../app/index.js';
import { UserError } from '../errors.js';
import { checkAdoptedAdapter } from './adopt-adapter.js';
import { eio3NotSupported } from './engine-io-3.js';
import type { CheckedOptions } from './options.js';

/**
 * What is asked of a new app only, or of one that already has it: adopting edits web.config and no line of code. So the command
 * that made an app may be run again in it.
 *
 * @param route Where plain WebSockets come in; undefined: the app speaks socket.io.
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
    });
  }
  checkAdoptedAdapter(options, app, route);
}

/** What socket.io alone has. */
function checkPlain({ directory, transports, allowEio3 }: CheckedOptions): void {
  const why = 'It speaks plain WebSockets, not socket.io.';
  if (allowEio3) throw eio3NotSupported(`the app in ${directory}`, why, 'omit it');
  if (transports?.includes('polling') !== true) return;
  throw new UserError('TRANSPORTS_NOT_SUPPORTED', {
    what: `the app in ${directory} does not support the transport polling`,
    why,
    next: 'omit --transports',
  });
}
