import { type Options, type Program, parse } from 'acorn';
import { loosened } from './loose.js';
import type { TextFile } from './text-file.js';

/** A JavaScript source: a file, or an inline script of a page. Node offsets count from the start of `code`. */
export interface Script {
  /** What is on disk; for an inline script the whole page. */
  readonly source: TextFile;
  /** Where `code` starts in `source.text`. */
  readonly offset: number;
  readonly code: string;
  /** undefined when it does not parse: TypeScript, JSX, a mistake. That is for node to say, never a reason to stop. */
  readonly program: Program | undefined;
  /** True when it parses only as a module, or holds import/export. */
  readonly isModule: boolean;
  /** Only parts of it were read: what is not seen may be there. */
  readonly isLoose: boolean;
}

const options: Options = {
  ecmaVersion: 'latest',
  allowHashBang: true,
  allowReturnOutsideFunction: true,
  // Old scripts put `return` and HTML comments where modules may not; sourceType is tried both ways below.
  checkPrivateFields: false,
};

function tryParse(code: string, sourceType: 'module' | 'script'): Program | undefined {
  try {
    return parse(code, { ...options, sourceType });
  } catch {
    return undefined; // not this kind of source; the caller tries the other
  }
}

/** Parses as a script first (CommonJS), then as a module. Never throws on bad code. */
export function parseScript(source: TextFile, code = source.text, offset = 0): Script {
  const script = tryParse(code, 'script');
  if (script) return { source, offset, code, program: script, isModule: false, isLoose: false };
  const program = tryParse(code, 'module');
  return { source, offset, code, program, isModule: program !== undefined, isLoose: false };
}

/** The same; of a source that does not parse (TypeScript, JSX) what can be read nevertheless. */
export function parseLoosely(source: TextFile, code = source.text, offset = 0): Script {
  const script = parseScript(source, code, offset);
  if (script.program) return script;
  const readable = loosened(code);
  const program = readable === undefined ? undefined : tryParse(readable, 'module');
  return { ...script, program, isModule: program !== undefined, isLoose: program !== undefined };
}
