import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type LoaderSettings, loaderFiles, loaderName } from '../../src/scaffold/loader.js';
import { generateWebConfig } from '../../src/webconfig/index.js';

/** What the loader has to know of an app where its package.json's `main` does not say it. */
const settingsOf: Readonly<Record<string, Partial<LoaderSettings>>> = {};

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

const hasRootAbsoluteUrls = (folder: string): boolean =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.includes('node_modules') && /\.(html|ejs|js)$/.test(file))
    .some((file) => /\s(src|href|action)="\//.test(readFileSync(path.join(folder, file), 'utf8')));
