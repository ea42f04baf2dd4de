import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type LoaderSettings, loaderFiles, loaderName } from '../../src/scaffold/loader.js';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { filesIn } from './copy.js';

/** What the loader has to know of an app where its package.json's `main` does not say it. */
const settingsOf: Readonly<Record<string, Partial<LoaderSettings>>> = {
  'bin-www': { entry: 'bin/www' },
  bundle: { entry: 'build/server.cjs' },
  'env-file': { entry: 'server.js', envFiles: ['.env'], imports: ['./setup.mjs'] },
  'esm-top-level-await': { entry: 'src/server.js' },
  monorepo: { entry: 'server/src/index.js', root: 'server' },
  'nest-gateway': { entry: 'dist/main.js' },
  'nest-gateway-port': { entry: 'dist/main.js' },
  'next-custom-server': { entry: 'server.js', env: { NODE_ENV: 'production' } },
  'next-start': { entry: 'node_modules/next/dist/bin/next', args: ['start'] },
  'start-script': {
    entry: 'src/server/main.js',
    env: { NODE_ENV: 'production' },
    requires: ['dotenv/config', './instrument.js'],
  },
  'two-folders': { entry: 'server/app.js', root: 'server' },
};

/** Prepares an app for IIS: with the loader, and without a change of its own files. */
export function adopt(folder: string, { path: vdirPath, processes }: { path: string; processes: number }): void {
  const { main = 'index.js' } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    main?: string;
  };
  const settings = { entry: main, ...settingsOf[path.basename(folder)] };
  const rewritePages = vdirPath !== '/' && hasRootAbsoluteUrls(folder);
  for (const [name, text] of loaderFiles({ vdirPath, rewritePages, ...settings })) {
    writeFileSync(path.join(folder, name), text);
  }
  const transports = ['websocket', 'polling'] as const;
  const webConfig = generateWebConfig({ entry: loaderName, vdirPath, processes, transports });
  writeFileSync(path.join(folder, 'web.config'), webConfig);
}

/** In a page or a template; Next writes them into its own. */
const hasRootAbsoluteUrls = (folder: string): boolean =>
  existsSync(path.join(folder, 'node_modules', 'next')) ||
  filesIn(folder)
    .filter((file) => /\.(html|ejs|js)$/.test(file))
    .some((file) => /\s(src|href|action)=['"]\//.test(readFileSync(path.join(folder, file), 'utf8')));
