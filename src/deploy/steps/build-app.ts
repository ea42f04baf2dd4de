import { existsSync } from 'node:fs';
import path from 'node:path';
import { readApp } from '../../app/index.js';
import { UserError } from '../../errors.js';
import { quoteForShell } from '../../quoting.js';
import type { DeployStep } from '../step.js';

/**
 * Runs the app's own build, also if it is already built: only the compiler knows whether the result matches the sources, and whether
 * their types are right. Its output belongs to the app's folder, not to the server, so it is not undone.
 */
export const buildApp: DeployStep<undefined> = {
  id: 'build-app',
  title: 'Build the app',
  busy: 'npm run build ...',
  look: async () => undefined,
  say: (_context, { build, directory }) =>
    build === true ? [`npm run build --prefix ${quoteForShell(directory)}`] : [],
  mentioned: (_context, { build }) => build === true,
  async do({ appcmd, environment = process.env, signal }, { directory, entry }) {
    // Loaded here: not needed for an app that is not built.
    const { npmBuild } = await import('../../npm/index.js');
    await npmBuild({ directory, environment, signal, outcome: 'nothing was deployed' }, { event: () => undefined });
    appcmd.forget?.(); // minutes have passed: the server may have changed
    if (!existsSync(path.join(directory, entry)))
      throw notMade(directory, entry, 'the iisnode handler in web.config names it');
    const loaded = readApp(directory).loadedBy(entry);
    if (loaded?.exists === false) throw notMade(directory, loaded.name, `${entry} loads it`);
  },
  undo: { stays: 'the app stays built' },
  remove: { keeps: 'the built files belong to the app, and its files stay' },
};

const notMade = (directory: string, entry: string, why: string): UserError =>
  new UserError('ENTRY_NOT_FOUND', {
    what: `npm run build did not create ${path.join(directory, entry)}; nothing was deployed`,
    why,
    next: 'change the output folder of the build (outDir in tsconfig.json), or name the file it creates in web.config',
    exit: 'refused',
  });
