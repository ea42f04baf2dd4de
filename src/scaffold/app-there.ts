import { type App, guessesServer } from '../app/index.js';
import { UserError } from '../errors.js';
import { refuseDeno } from './deno-app.js';
import { namesIn } from './folder.js';
import type { CheckedOptions } from './options.js';
import { hasManifest } from './package-json.js';

/**
 * Is there an app to adopt? One with a package.json, or, without: the file of `--entry`, what web.config maps to iisnode, or a file with a
 * usual name that makes a server listen.
 * Throws UserError of `hasManifest` and `refuseDeno`.
 */
export function hasApp(app: App, options: CheckedOptions): boolean {
  const { entry, directory } = options;
  if (hasManifest(app)) return true;
  if (mapsProgram(app)) return true;
  refuseDeno(app, options);
  if (entry !== undefined) return namesIn(directory).length > 0;
  return guessesServer(app.folder, app.manifest);
}

function mapsProgram(app: App): boolean {
  try {
    return app.handled.some(({ exists }) => exists);
  } catch (error) {
    // A web.config that cannot be read is refused or replaced later.
    if (error instanceof UserError) return false;
    throw error;
  }
}
