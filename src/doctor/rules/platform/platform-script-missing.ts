import path from 'node:path';
import { scriptOf } from '../../../app/index.js';
import { isBuiltFile } from '../../facts/build-product.js';
import { httpPlatformOf } from '../../facts/http-platform.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { moduleIsMissing } from '../symptoms.js';

/** Relative to the app, with forward slashes; undefined for a path outside of it, or one that is computed. */
function inApp(written: string): string | undefined {
  const forward = written.replaceAll('\\', '/');
  if (/^([a-z]:|\/)/i.test(forward) || forward.includes('%')) return undefined;
  const name = path.posix.normalize(forward);
  return name.startsWith('../') ? undefined : name;
}

/** As node looks for it: the file, the same with an ending, the start of a folder. */
const isThere = ({ folder }: FileFacts, name: string): boolean =>
  ['', '.js', '.cjs', '.json', '/index.js', '/package.json'].some((ending) => folder.isFile(name + ending));

/** The words up to one that ends a file name: an unquoted path with blanks. */
function unquoted(facts: FileFacts, words: readonly string[]): string | undefined {
  for (let count = 2; count <= words.length; count += 1) {
    const joined = inApp(words.slice(0, count).join(' '));
    if (joined !== undefined && facts.folder.isFile(joined)) return joined;
  }
  return undefined;
}

/** node finds no script at the arguments of HttpPlatformHandler (httpplatformhandler.md 2: they are appended as written). */
export const platformScriptMissing = defineRule({
  code: 'PLATFORM_SCRIPT_MISSING',
  severity: 'error',
  explains: [moduleIsMissing],
  title: 'The script that HttpPlatformHandler gives to node does not exist',
  why: 'node ends with "Cannot find module" before it listens, and HttpPlatformHandler answers 502.5 (502.3 in version 1.2) to every request.',
  help: `arguments is appended to the command line of node as it is written. A script is found from the app's folder: arguments=".\\server.js".
A path with blanks needs quotes of its own, written &quot; in web.config: arguments="&quot;.\\my app\\server.js&quot;". A script that a
build creates needs the build first.`,
  check(facts) {
    const platform = httpPlatformOf(facts);
    if (platform === undefined || !facts.folder.hasSources) return [];
    const { program, arguments: words } = platform;
    if (program.name !== 'node') return [];
    const found = scriptOf(words);
    const name = found && inApp(found.script);
    if (found === undefined || name === undefined || isThere(facts, name)) return [];
    const at = facts.query.place(platform.section);
    const whole = unquoted(facts, found.rest);
    if (whole !== undefined) {
      const message = `arguments is ${words}, and without quotes node takes ${found.script} for its script.`;
      return [{ message, fix: `arguments="&quot;${whole}&quot;"`, at }];
    }
    const build = isBuiltFile(facts, name)
      ? `run the build, which writes ${name}`
      : `put ${name} into the folder, or name the right file`;
    return [{ message: `arguments is ${words}, and there is no ${name} in the app's folder.`, fix: build, at }];
  },
});
