import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileLimits, readFileSync } from '../files/index.js';
import { isBuildProduct } from '../source/index.js';

/**
 * A TypeScript app whose entry point its own `npm run build` makes: package.json has a build script, tsconfig.json stands
 * beside it, and the entry point is in a folder for what is built or has its source (server.ts, src/server.ts) in the app.
 * A build script that makes something else, such as a page's bundle for a server in JavaScript, is not deploy's to run.
 */
export function isBuilt(directory: string, entry: string): boolean {
  if (!existsSync(path.join(directory, 'tsconfig.json'))) return false;
  return isBuildProduct(entry, scriptsOf(directory), (file) => existsSync(path.join(directory, file)));
}

function scriptsOf(directory: string): readonly string[] {
  try {
    const manifest: unknown = JSON.parse(
      readFileSync(path.join(directory, 'package.json'), fileLimits.config)
        .toString()
        .replace(/^\uFEFF/, ''),
    );
    const scripts = typeof manifest === 'object' && manifest !== null && 'scripts' in manifest ? manifest.scripts : {};
    // `npm run build` runs the script of just that name.
    return typeof scripts === 'object' && scripts !== null && 'build' in scripts ? ['build'] : [];
  } catch {
    return []; // npm could not read it either
  }
}
