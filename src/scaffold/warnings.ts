import path from 'node:path';
import { UserError } from '../errors.js';
import type { WebConfigWants } from '../webconfig/index.js';
import { resolveScript } from './entry-point.js';
import { type AppPackage, readAppPackage } from './package-json.js';
import { readTextFile } from './text-file.js';

/** What works less well than it looks, one line each. */
export function warningsFor({ processes, transports }: WebConfigWants): string[] {
  if (processes === 1 || !transports.includes('polling')) return [];
  // iisnode hands requests round robin to its processes; nodeProcessStickySessions is in Azure's fork alone.
  return [
    `with ${processes} processes polling clients need sticky sessions (iisnode 0.2.24 or later of Azure's fork); --transports websocket needs none`,
  ];
}

/** `main` names a file that is not there, and another one was taken. */
export function warningsForMain(directory: string, { main }: AppPackage, entry: string): string[] {
  if (main === undefined || resolveScript(directory, main) !== undefined) return [];
  return [`package.json's main, ${main}, is not there: ${entry} is taken for the entry point (--entry says otherwise)`];
}

/** How the entry point will fare with iisnode's interceptor, which loads it with require(). */
export function warningsForEntry(directory: string, entry: string): string[] {
  const isModule =
    /\.mjs$/i.test(entry) ||
    (/(\.js|^[^.]*)$/i.test(path.posix.basename(entry)) && nearestPackage(directory, entry)?.isModule);
  const warnings = isModule
    ? [
        `${entry} is an ES module: iisnode loads it with require(), which needs Node 20.19 or 22.12 and no top-level await; a CommonJS loader (run.cjs: import('./${entry}')) works everywhere`,
      ]
    : [];
  const text = readTextFile(path.join(directory, entry))?.text ?? '';
  if (/\brequire\.main\s*={2,3}\s*module\b/.test(text)) {
    warnings.push(
      `${entry} compares require.main with module: under iisnode require.main is its interceptor, so that branch never runs`,
    );
  }
  return warnings;
}

/** The package.json that decides how node reads the entry: the nearest above it, within the app. */
function nearestPackage(directory: string, entry: string): AppPackage | undefined {
  for (let folder = path.posix.dirname(entry); ; folder = path.posix.dirname(folder)) {
    try {
      const found = readAppPackage(path.join(directory, folder));
      if (found || folder === '.') return found;
    } catch (error) {
      // A broken package.json further down is not init's to judge; the app's own was read before.
      if (!(error instanceof UserError) || folder === '.') return undefined;
    }
  }
}
