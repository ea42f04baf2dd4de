import { BoundReached, type Language, parseWithin, type Span } from './bounded-parser.js';
import type { TextFile } from './text-file.js';
import { type Tree, treeOf } from './tree.js';
import { withoutTypes } from './without-types.js';

/** Why a text could not be read. */
export interface ParseFailure {
  readonly problem: 'syntax' | 'too-large' | 'too-deep' | 'too-involved';
  /** The parser's message, without a position. */
  readonly message: string;
  /** Offset in the parsed text. */
  readonly offset: number;
}

/** A source: a file, or an inline script of a page. Node offsets count from the start of `code`. */
export interface Script {
  /** The file on disk; for an inline script the whole page. */
  readonly source: TextFile;
  /** The start of `code` in `source.text`. */
  readonly offset: number;
  readonly code: string;
  /** Plain JavaScript, from any source language, and JSX; undefined when it does not parse. Node reports that; it never stops the doctor. */
  readonly tree: Tree | undefined;
  /** Exactly when there is no tree. */
  readonly failure: ParseFailure | undefined;
  readonly language: Language;
  /** Offsets in `code`. */
  readonly comments: readonly Span[];
  /** True when it parses only as a module, or has import/export. */
  readonly isModule: boolean;
  /**
   * Of a bundle that does not say which code is of packages: in UTF-16 units, how much of its code is left out. What is in `code` may
   * be of a package. Undefined for other scripts.
   */
  readonly leftOut?: number;
}

/** In UTF-16 units. Larger files are treated as bundles. */
const largest: Readonly<Record<Language, number>> = { javascript: 2_097_152, typescript: 524_288, tsx: 524_288 };

type Attempt =
  | { readonly tree: Tree; readonly failure: undefined; readonly isModule: boolean; readonly comments: readonly Span[] }
  | { readonly tree: undefined; readonly failure: ParseFailure };

function attempt(code: string, language: Language, sourceType: 'module' | 'script', most: number): Attempt {
  const failed = (problem: ParseFailure['problem'], message: string, offset = 0): Attempt => ({
    tree: undefined,
    failure: { problem, message, offset },
  });
  if (code.length > most) return failed('too-large', 'the code is too large to be parsed');
  try {
    const comments: Span[] = [];
    const program = parseWithin(code, language, sourceType, comments);
    const tree = treeOf(language === 'javascript' ? program : withoutTypes(program));
    if (tree === undefined) return failed('too-deep', 'the code is nested too deeply to be parsed');
    // `<a><b>` without anything after it is parsed as types without a value.
    const type = language === 'typescript' ? tree.nodes.find((node) => node.type.startsWith('TS')) : undefined;
    if (type) return failed('syntax', 'a type without a value', type.start);
    const isModule = language === 'javascript' ? sourceType === 'module' : program.body.some(isModuleSyntax);
    return { tree, failure: undefined, isModule, comments };
  } catch (error) {
    if (error instanceof BoundReached) {
      return failed(error.bound === 'depth' ? 'too-deep' : 'too-involved', error.message, error.position);
    }
    const { message, pos } = error as { readonly message?: unknown; readonly pos?: unknown };
    return failed('syntax', String(message).replace(/ \(\d+:\d+\)$/, ''), typeof pos === 'number' ? pos : 0);
  }
}

const isModuleSyntax = ({ type }: { readonly type: string }): boolean => /^(Import|Export).*Declaration$/.test(type);

/** The language of a file, by its name. */
function languageOf(file: string): Language {
  if (/\.[cm]?ts$/i.test(file)) return 'typescript';
  return /\.[jt]sx$/i.test(file) ? 'tsx' : 'javascript';
}

/**
 * Parses a source: JavaScript as a script first (CommonJS), then as a module. Never throws, and takes a time that is bounded by
 * the length of the code.
 *
 * @param code A part of the source, which starts at `offset`.
 * @param language Its language; by default from the name of the file.
 * @param most In UTF-16 units: longer code is not parsed.
 */
export function parseScript(
  source: TextFile,
  code = source.text,
  offset = 0,
  language = languageOf(source.file),
  most = largest[language],
): Script {
  const tried = attempt(code, language, language === 'javascript' ? 'script' : 'module', most);
  const found = tried.tree || language !== 'javascript' ? tried : later(tried, attempt(code, language, 'module', most));
  return {
    source,
    offset,
    code,
    language,
    tree: found.tree,
    failure: found.failure,
    comments: found.tree ? found.comments : [],
    isModule: found.tree !== undefined && found.isModule,
  };
}

/** The attempt that succeeded, or got further. */
const later = (first: Attempt, second: Attempt): Attempt =>
  second.tree || first.tree || second.failure.offset > first.failure.offset ? second : first;

/** The same; where JavaScript fails, it may contain JSX and types, which bundlers accept. */
export function parseForBundler(
  source: TextFile,
  code = source.text,
  offset = 0,
  language = languageOf(source.file),
): Script {
  const script = parseScript(source, code, offset, language);
  if (script.tree || language !== 'javascript' || script.failure?.problem !== 'syntax') return script;
  const typed = parseScript(source, code, offset, 'tsx');
  return typed.tree ? typed : script;
}
