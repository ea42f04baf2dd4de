import type { AnyNode, ObjectExpression } from 'acorn';
import { keyOf } from './properties.js';
import { parseScript } from './script.js';
import type { TextFile } from './text-file.js';

/** The loader's name in an app's folder: iisnode starts it, and it loads the app's own entry (docs/loader.md). */
export const loaderName = 'iisnode-entry.cjs';

/** What the loader needs beside it where the app has a vdir path. */
export const loaderVdirName = 'iisnode-vdir.cjs';

/** JSON, as far as the settings of a loader are literals. */
export type SettingValue = string | number | boolean | null | readonly SettingValue[] | SettingObject;
interface SettingObject {
  readonly [key: string]: SettingValue;
}

/** One line of the loader's settings. */
export interface LoaderSetting {
  /** As it stands in the file: `'server.js'`. */
  readonly text: string;
  /** undefined where it is computed. */
  readonly value: SettingValue | undefined;
}

/** A file of the loader as it is in an app's folder. */
export interface LoaderText {
  readonly version: number;
  readonly settings: ReadonlyMap<string, LoaderSetting>;
  /** Where the object of the settings starts and ends in the text; undefined where the file has none. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
}

/** Reads a file of the loader; undefined for anything else. */
export function readLoaderText(source: TextFile): LoaderText | undefined {
  const version = /^\uFEFF?\/\/ iisnode-sock loader (\d+)\b/.exec(source.text)?.[1];
  if (version === undefined) return undefined;
  const object = settingsObject(source);
  const settings = new Map<string, LoaderSetting>();
  for (const property of object?.properties ?? []) {
    const name = property.type === 'Property' ? keyOf(property) : undefined;
    if (property.type !== 'Property' || name === undefined) continue;
    const { start, end } = property.value;
    settings.set(name, { text: source.text.slice(start, end), value: literalValue(property.value) });
  }
  return {
    version: Number(version),
    settings,
    span: object && { start: object.start, end: object.end },
  };
}

/** `const settings = Object.freeze({ .. })`, alone where it is written as init writes it: the rest of the loader is long. */
function settingsObject(source: TextFile): ObjectExpression | undefined {
  const { index, 0: statement } = /^const settings = [\s\S]*?^\}\);$/m.exec(source.text) ?? { index: 0, 0: undefined };
  if (statement === undefined) return settingsIn(source);
  return settingsIn({ ...source, text: ' '.repeat(index) + statement }) ?? settingsIn(source);
}

function settingsIn(source: TextFile): ObjectExpression | undefined {
  for (const statement of parseScript(source).tree?.program.body ?? []) {
    if (statement.type !== 'VariableDeclaration') continue;
    for (const { id, init } of statement.declarations) {
      if (id.type !== 'Identifier' || id.name !== 'settings') continue;
      const value = init?.type === 'CallExpression' ? init.arguments[0] : init;
      return value?.type === 'ObjectExpression' ? value : undefined;
    }
  }
  return undefined;
}

function literalValue(node: AnyNode): SettingValue | undefined {
  switch (node.type) {
    case 'Literal':
      return isPlain(node.value) ? node.value : undefined;
    case 'ArrayExpression': {
      const values = node.elements.map((each) => (each === null ? undefined : literalValue(each)));
      return values.every((each) => each !== undefined) ? values : undefined;
    }
    case 'ObjectExpression': {
      const pairs = node.properties.map((each): [string | undefined, SettingValue | undefined] =>
        each.type === 'Property' ? [keyOf(each), literalValue(each.value)] : [undefined, undefined],
      );
      const isWhole = pairs.every((pair): pair is [string, SettingValue] => !pair.includes(undefined));
      return isWhole ? Object.fromEntries(pairs) : undefined;
    }
    default:
      return undefined;
  }
}

const isPlain = (value: unknown): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);
