import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** One piece of JavaScript of the app. */
export interface SourcePart {
  /** Relative, forward slashes. */
  readonly file: string;
  readonly code: string;
  /** The line of the file on which `code` starts, 1-based: a script inside a page starts further down. */
  readonly startLine: number;
  /** All lines of the file. */
  readonly lines: readonly string[];
}

export interface AppSources {
  readonly scripts: readonly SourcePart[];
  /** `<script src="...">` of the app's pages. */
  readonly scriptTags: readonly {
    readonly file: string;
    readonly line: number;
    readonly src: string;
    readonly code: string;
  }[];
}

const passedOver = new Set(['node_modules', 'bower_components', 'iisnode', 'coverage', 'test', 'tests', '__tests__']);
const mostFiles = 400;
const largestFile = 512 * 1024;

/** The app's own JavaScript, TypeScript and pages; not what it installed, minified or bundled. */
export function readSources(directory: string): AppSources {
  const scripts: SourcePart[] = [];
  const scriptTags: AppSources['scriptTags'][number][] = [];
  for (const file of sourceFiles(directory)) {
    const text = readFileSync(path.join(directory, file), 'utf8');
    const lines = text.split(/\r?\n/);
    if (!isPage(file)) scripts.push({ file, code: text, startLine: 1, lines });
    else readPage(file, text, lines, scripts, scriptTags);
  }
  return { scripts, scriptTags };
}

const isPage = (file: string): boolean => /\.(html?|ejs|hbs|vue|svelte)$/i.test(file);

function readPage(
  file: string,
  text: string,
  lines: string[],
  scripts: SourcePart[],
  tags: AppSources['scriptTags'][number][],
): void {
  for (const match of text.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi)) {
    const [whole, attributes = '', code = ''] = match;
    const startLine = lineAt(text, match.index + whole.indexOf('>'));
    const src = /\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(attributes);
    const line = lineAt(text, match.index);
    if (src) tags.push({ file, line, src: src[1] ?? src[2] ?? src[3] ?? '', code: (lines[line - 1] ?? '').trim() });
    else if (code.trim() !== '') scripts.push({ file, code, startLine, lines });
  }
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function sourceFiles(directory: string): string[] {
  const found: string[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined && found.length < mostFiles; folder = folders.shift()) {
    for (const entry of readdirSync(path.join(directory, folder), { withFileTypes: true })) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !passedOver.has(entry.name) && !entry.name.startsWith('.')) folders.push(file);
      else if (entry.isFile() && isSource(file) && statSync(path.join(directory, file)).size <= largestFile)
        found.push(file);
    }
  }
  return found.slice(0, mostFiles);
}

function isSource(file: string): boolean {
  // Express's generator writes bin/www, a script without a suffix.
  if (/(^|\/)bin\/[^./]+$/.test(file)) return true;
  return (
    (isPage(file) || /\.([cm]?[jt]s|jsx|tsx)$/i.test(file)) &&
    !/(\.min\.js|\.d\.[cm]?ts|\.test\.[jt]s|\.spec\.[jt]s)$/i.test(file)
  );
}
