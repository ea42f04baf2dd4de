import type { Block } from './block.js';
import type { ConfigFile } from './config-file.js';
import { declarationOf, type Group } from './declarations.js';
import { MergedView } from './effective-element.js';
import { ConfigError } from './error.js';
import type { Variables } from './expand.js';
import { mergeSection } from './merge.js';
import { unconfirmed } from './unconfirmed.js';

/** Is `inner` this level, or below it? Keys of levels, lower case. */
export const isWithin = (inner: string, outer: string): boolean =>
  inner === outer || outer === '' || (inner.startsWith(outer) && inner.charCodeAt(outer.length) === 47);

export interface SettingsParts {
  /** Key of the level. */
  readonly key: string;
  /** From applicationHost.config down. */
  readonly files: readonly ConfigFile[];
  /** The errors of those files, and of unreadable ones; IIS answers with the first. */
  readonly errors: readonly ConfigError[];
  /** Keys of the applications on the path from the site's root. */
  readonly applications: readonly string[];
  readonly variables: Variables;
}

/** All settings at one level. Levels that set nothing themselves share their parent's object, so results are cached once. */
export class Settings {
  readonly parts: SettingsParts;
  readonly #sections = new Map<string, MergedView | ConfigError>();

  constructor(parts: SettingsParts) {
    this.parts = parts;
  }

  get declarations(): Group {
    const last = this.parts.files.at(-1);
    if (last === undefined) throw new RangeError('settings without applicationHost.config');
    return last.declarations;
  }

  /** The blocks of a section that apply here, in effective order. */
  blocks(section: string): readonly Block[] {
    const blocks = this.parts.files.flatMap((file) =>
      (file.blocks.get(section) ?? []).filter((block) => this.#holds(block)),
    );
    // All targets are on one path, so the longer key is the deeper level; the sort keeps the order of the files within one level.
    if (unconfirmed.levelsGoBeforeFiles) blocks.sort((a, b) => a.target.key.length - b.target.key.length);
    return blocks;
  }

  /** Typed values after the merge. Throws ConfigError, the same one each time. */
  section(path: string): MergedView {
    const known = this.#sections.get(path);
    const result = known ?? this.#read(path);
    if (known === undefined) this.#sections.set(path, result);
    if (result instanceof ConfigError) throw result;
    return result;
  }

  #read(path: string): MergedView | ConfigError {
    const declaration = declarationOf(this.declarations, path);
    if (declaration === undefined) return unreadable('unknown-section', path, 'a section declaration');
    const schema = declaration.schema?.element;
    if (schema === undefined) return unreadable('no-schema', path, 'schema');
    try {
      const merged = mergeSection(schema, this.blocks(path));
      return new MergedView(merged, { variables: this.parts.variables, around: undefined, defaults: [] });
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
  }

  #holds(block: Block): boolean {
    const target = block.target.key;
    if (!isWithin(this.parts.key, target)) return false;
    if (block.inheritInChildApplications) return true;
    return !this.parts.applications.some((root) => root !== target && isWithin(root, target));
  }
}

const unreadable = (kind: 'unknown-section' | 'no-schema', section: string, missing: string): ConfigError =>
  new ConfigError(kind, `The configuration section '${section}' cannot be read because it is missing ${missing}`, {
    section,
  });
