import { fileLimits, readFileSync } from '../files/index.js';
import { lockFits } from '../npm/index.js';
import { appFiles, scriptsOf } from './app-files.js';
import { renderLock, renderPackage } from './render-package.js';
import { renderProse } from './render-prose.js';
import type { RenderValues } from './render-values.js';
import type { Template } from './types.js';

/**
 * The texts of a template's app, by file name in the app, without web.config. Includes the lock file if it matches package.json
 * exactly.
 */
export function renderFiles(template: Template, values: RenderValues): ReadonlyMap<string, string> {
  const texts = new Map(
    [...appFiles(template, values)].map(([file, from]) => [
      file,
      // With LF line ends, also if git changed them.
      renderText(readFileSync(from, fileLimits.config).toString().replaceAll('\r\n', '\n'), file, template, values),
    ]),
  );
  const lock = texts.get('package-lock.json');
  if (lock !== undefined && !lockFits(lock, texts.get('package.json') ?? '{}')) texts.delete('package-lock.json');
  return texts;
}

function renderText(text: string, file: string, template: Template, values: RenderValues): string {
  if (file === 'package.json') return renderPackage(text, values);
  if (file === 'package-lock.json') return renderLock(text, values.name);
  if (file === '.gitignore') return values.typescript ? withBuilt(text, scriptsOf(template, values.adapter)) : text;
  if (file.endsWith('.md')) return renderProse(text, template, values);
  if (file.endsWith('.html')) {
    // For the page that IIS itself serves; from node it gets the current list.
    return text
      .replace(/data-transports="[^"]*"/, `data-transports="${values.transports.join(',')}"`)
      .replace(/data-adapter="[^"]*"/, `data-adapter="${values.adapter.name}"`);
  }
  return text;
}

const withBuilt = (text: string, scripts: readonly string[]): string =>
  `${text}# npm run build creates these from src\n${scripts.map((file) => `/${file}\n`).join('')}`;
