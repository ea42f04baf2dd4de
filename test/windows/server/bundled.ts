import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../../support/cli.js';
import { windowsPath } from '../windows-node.js';

/** Bundles one of `programs/` for Windows's node.exe; returns the file as Windows sees it. */
export async function bundledProgram(folder: string, name: string): Promise<string> {
  const outfile = path.join(folder, `${name}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [path.join(import.meta.dirname, 'programs', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
    },
  });
  return windowsPath(outfile);
}
