import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { fileLimits, readIfThereSync } from '../files/index.js';

/** The file with an app's own rules, in the grammar of .gitignore; in the app's folder only. */
export const ignoreFile = '.deployignore';

/** What never runs: `!test/` in the app's .deployignore takes such a folder nevertheless. Not .env, which apps read. */
const leftOut = [
  '.git',
  '.hg',
  '.svn',
  '.github/',
  '.vscode/',
  '.idea/',
  '.gitignore',
  '.gitattributes',
  '.gitmodules',
  '.npmignore',
  '.npmrc', // it may have a token
  '.editorconfig',
  '.DS_Store',
  'Thumbs.db',
  ignoreFile,
  '*.log',
  '*.tsbuildinfo',
  '*.pid',
  '.*.????????-????-????-????-????????????.tmp', // of an atomic write that was killed
  '/coverage/',
  '.nyc_output/',
  '/test/',
  '/tests/',
  '/e2e/',
  '__tests__/',
  '*.test.[jt]s',
  '*.spec.[jt]s',
  '*.test.[cm][jt]s',
  '*.spec.[cm][jt]s',
];

/** Says which paths (relative, forward slashes) are left out. */
export interface IgnoreRules {
  /** A file or folder of the app itself. */
  ofApp(relative: string, isFolder: boolean): boolean;
  /** A file or folder of a package in node_modules: only the app's own rules count. */
  ofPackage(relative: string, isFolder: boolean): boolean;
}

/** The rules of an app. @throws FileError when its .deployignore cannot be read. */
export function readIgnoreRules(directory: string): IgnoreRules {
  const text = readIfThereSync(path.join(directory, ignoreFile), fileLimits.source)?.toString('utf8') ?? '';
  const own = text.replace(/^\uFEFF/, '');
  const ask = (rules: Ignore) => (relative: string, isFolder: boolean) =>
    rules.ignores(isFolder ? `${relative}/` : relative);
  return {
    ofApp: ask(ignore().add(leftOut).add(own)),
    ofPackage: own.trim() === '' ? () => false : ask(ignore().add(own)),
  };
}
