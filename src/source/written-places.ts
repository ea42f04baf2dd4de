import path from 'node:path';
import type { AnyNode, Expression } from 'acorn';
import { contextOf, type ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { parseScript } from './script.js';
import { pathOf } from './served-folders.js';
import type { TextFile } from './text-file.js';
import { follow } from './values.js';

const writers =
  /^(?:(?:node:)?(?:fs|fs-extra|graceful-fs|fs\/promises)#(?:promises#)?(?:writeFile|appendFile|createWriteStream|writeJson|writeJSON|outputFile|outputJson|outputJSON|rename|copyFile)(?:Sync)?|lowdb(?:\/node)?#JSONFile(?:Sync|Preset|SyncPreset)?)$/;
/** Only a script with one of these words is parsed. */
const mayWrite =
  /\b(?:writeFile|appendFile|createWriteStream|writeJson|writeJSON|outputFile|outputJson|outputJSON|rename|copyFile|JSONFile)/;

/** Stands for the folder of the script; no name on a disk has such a character. */
const scriptFolder = '<dirname>';

/**
 * The files that a script writes, and the folders, with a slash at the end, in which it writes files whose names are not known. Relative to
 * the app's folder, forward slashes; those outside of it are left out, and so is the folder itself.
 *
 * @param script its name in the app's folder.
 * @param cwd the folder in which node starts, in the app's.
 */
export function readWrittenPlaces(source: TextFile, script: string, cwd: string): readonly string[] {
  const context = mayWrite.test(source.text) ? contextOf(parseScript(source)) : undefined;
  if (context === undefined) return [];
  const calls = context.tree.ofType('CallExpression', 'NewExpression');
  return calls.flatMap((node) => {
    const module = writerOf(context, node.callee);
    if (module === undefined) return [];
    // The second one is where a file is moved to.
    const given = node.arguments[/#(?:promises#)?(?:rename|copyFile)/.test(module) ? 1 : 0];
    const name = given && (pathOf(context, given, scriptFolder) ?? folderOf(context, given));
    const place = name && placeOf(name, path.posix.dirname(script), cwd);
    return place ? [place] : [];
  });
}

/** `fs.writeFile`, also as `fs.promises.writeFile`. */
function writerOf(context: ScriptContext, callee: Expression | AnyNode): string | undefined {
  const module = context.moduleOf(callee) ?? nestedModule(context, callee);
  return module !== undefined && writers.test(module) ? module : undefined;
}

function nestedModule(context: ScriptContext, callee: AnyNode): string | undefined {
  if (callee.type !== 'MemberExpression') return undefined;
  const [owner, name] = [context.moduleOf(callee.object), propertyName(callee)];
  return owner === undefined || name === undefined ? undefined : `${owner}#${name}`;
}

/** `path.join(__dirname, 'rooms', name)` and `rooms/${name}.json`: what is known before the first part that is not, with a slash. */
function folderOf(context: ScriptContext, given: AnyNode): string | undefined {
  const node = follow(given, context.bindings);
  const known = (part: AnyNode): string | undefined => pathOf(context, part, scriptFolder);
  if (node.type === 'CallExpression' && /^(?:join|resolve)$/.test(propertyName(node.callee) ?? '')) {
    return `${before(node.arguments.map(known)).join('/')}/`;
  }
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const left = known(node.left) ?? folderOf(context, node.left);
    return left && upToSlash(left);
  }
  if (node.type !== 'TemplateLiteral') return undefined;
  const parts = node.quasis.flatMap((quasi, index) => {
    const inner = node.expressions[index];
    return [quasi.value.cooked ?? undefined, ...(inner ? [known(inner)] : [])];
  });
  return upToSlash(before(parts).join(''));
}

function before(parts: readonly (string | undefined)[]): readonly string[] {
  const end = parts.indexOf(undefined);
  return (end < 0 ? parts : parts.slice(0, end)).filter((part) => part !== undefined);
}

const upToSlash = (text: string): string => text.slice(0, text.replaceAll('\\', '/').lastIndexOf('/') + 1);

function placeOf(name: string, script: string, cwd: string): string | undefined {
  const isOfScript = name.startsWith(scriptFolder);
  const below = (isOfScript ? name.slice(scriptFolder.length) : name).replaceAll('\\', '/');
  if (!isOfScript && /^\/|^[a-z]:/i.test(below)) return undefined;
  const full = path.posix.normalize(path.posix.join(isOfScript ? script : cwd, below));
  return /^\.{0,2}\/?$|^\.\.\//.test(full) || full === '' ? undefined : full;
}
