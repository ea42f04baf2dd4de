import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { quoteForCmd } from '../../quoting.js';
import type { DeployStep } from '../step.js';

/**
 * Runs the app's own build, whatever is built already: only the compiler knows whether that is what the sources say, and whether
 * their types are right. What it makes belongs to the app's folder, not to the server, and so it is not undone.
 */
export const buildApp: DeployStep<undefined> = {
  id: 'build-app',
  title: 'Build the app',
  busy: 'npm run build ...',
  look: async () => undefined,
  say: (_context, { build, directory }) => (build === true ? [`npm run build --prefix ${quoteForCmd(directory)}`] : []),
  mentioned: (_context, { build }) => build === true,
  async do({ appcmd, environment = process.env, signal }, { directory, entry }) {
    // Loaded here: an app that is not built does without it.
    const { npmBuild } = await import('../../npm/index.js');
    await npmBuild({ directory, environment, signal, outcome: 'nothing was deployed' }, { event: () => undefined });
    appcmd.forget?.(); // minutes have passed: others may have changed the server
    if (!existsSync(path.join(directory, entry))) throw notMade(directory, entry);
  },
  undo: { stays: 'the app stays built' },
  remove: { keeps: "what is built is the app's, and its files stay" },
};

const notMade = (directory: string, entry: string): UserError =>
  new UserError('ENTRY_NOT_FOUND', {
    what: `npm run build did not make ${path.join(directory, entry)}; nothing was deployed`,
    why: 'the iisnode handler in web.config names it',
    next: 'have the build (outDir in tsconfig.json) put it there, or name in web.config what it makes',
    exit: 'refused',
  });
