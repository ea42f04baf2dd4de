import { closingBracket } from './property-path.js';
import { badParameter, Refusal, unsupportedObject } from './refusal.js';

/** `/name:value`, in the order of the command line. */
export interface Parameter {
  /** As written, without the leading `/` or `-`: `processModel.idleTimeout`, `+bindings.[...]`. */
  readonly name: string;
  /** undefined for `/name` alone; '' for `/name:`. */
  readonly value: string | undefined;
}

/** One appcmd command line. */
export interface CommandLine {
  /** Lower case. */
  readonly verb: string;
  /** Singular and lower case: site, app, vdir, apppool, config. */
  readonly object: string;
  readonly identifier: string | undefined;
  /** All other parameters: properties and filters. */
  readonly parameters: readonly Parameter[];
  readonly help: boolean;
  readonly format: 'text' | 'xml';
  /** `/text:*`, `/text:state`. */
  readonly textProperty: string | undefined;
  /** `/config`, `/config:*`. */
  readonly config: 'none' | 'own' | 'all';
  readonly section: string | undefined;
  readonly commit: string | undefined;
  readonly appHostConfig: string | undefined;
  /** `/in`: objects from standard input. */
  readonly input: boolean;
}

/** Every object type of the real appcmd; those without a list of verbs do not exist in the embedded one. */
const objectTypes = [
  'site',
  'app',
  'vdir',
  'apppool',
  'config',
  'wp',
  'request',
  'module',
  'backup',
  'trace',
  'binding',
] as const;

const identifierParameter: Readonly<Record<string, string>> = {
  site: 'site.name',
  app: 'app.name',
  vdir: 'vdir.name',
  apppool: 'apppool.name',
};

/**
 * Verb, object, identifier, parameters; words are compared ignoring case, plurals are accepted.
 * @param args without the program.
 * @throws Refusal exit 87 for an invalid command line.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const words: string[] = [];
  const parameters: Parameter[] = [];
  let input = false;
  for (const argument of args) {
    if (argument === '-') input = true;
    else if (/^[/-]/.test(argument)) parameters.push(parseParameter(argument.slice(1)));
    else if (words.length < 3 && parameters.length === 0) words.push(argument);
    else throw badParameter(argument);
  }
  const take = (name: string): Parameter | undefined => {
    const found = parameters.findIndex((parameter) => parameter.name.toLowerCase() === name);
    return found < 0 ? undefined : parameters.splice(found, 1)[0];
  };
  const help = take('?') !== undefined;
  const { verb, object } = verbAndObject(words, help);
  const text = take('text');
  const config = take('config');
  const xml = take('xml');
  input ||= take('in') !== undefined;
  take('metadata');
  take('debug');
  const name = take(identifierParameter[object] ?? '')?.value;
  return {
    verb,
    object,
    help,
    input,
    identifier: words[2] ?? name,
    format: xml === undefined ? 'text' : 'xml',
    textProperty: text?.value,
    config: config === undefined ? 'none' : config.value === '*' ? 'all' : 'own',
    section: object === 'config' ? take('section')?.value : undefined,
    commit: take('commit')?.value,
    appHostConfig: take('apphostconfig')?.value,
    // `!` lets a property have the name of a general parameter.
    parameters: parameters.map(({ name, value }) => ({ name: name.replace(/^!/, ''), value })),
  };
}

function verbAndObject(words: readonly string[], help: boolean): { verb: string; object: string } {
  const [first, second] = words.map((word) => word.toLowerCase());
  const known = (word: string | undefined): string | undefined =>
    objectTypes.find((type) => type === word || `${type}s` === word);
  if (first === undefined) {
    if (help) return { verb: '', object: '' };
    throw new Refusal(87, "No command was given. Run 'appcmd.exe /?' to display help.", { bare: true }); // wording unconfirmed
  }
  if (second === undefined) {
    const object = known(first);
    if (object === undefined) throw unsupportedObject(words[0] ?? '');
    return { verb: '', object };
  }
  const object = known(second);
  if (object === undefined) throw unsupportedObject(words[1] ?? '');
  return { verb: first, object };
}

/** The colon that ends the name is the first one outside of brackets: `[bindingInformation='*:80:'].x:1`. */
function parseParameter(text: string): Parameter {
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '[') index = closingBracket(text, index);
    else if (text[index] === ':') return { name: text.slice(0, index), value: text.slice(index + 1) };
  }
  return { name: text, value: undefined };
}
