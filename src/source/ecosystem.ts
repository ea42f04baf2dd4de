import path from 'node:path';
import type { AnyNode, ObjectExpression } from 'acorn';
import type { Bindings } from './bindings.js';
import { contextOf, type ScriptContext } from './context.js';
import { elementsOf } from './made-lists.js';
import { keyOf, propertyName } from './properties.js';
import { parseScript } from './script.js';
import { pathOf } from './served-folders.js';
import { readProcfile } from './start-files.js';
import type { TextFile } from './text-file.js';
import { follow, objectOf, propertyOf, readValue } from './values.js';
import { yamlValue } from './yaml-text.js';

/** How a configuration of pm2 starts an app. */
export interface EcosystemApp {
  /** As written; '' without one. */
  readonly name: string;
  /** pm2 runs it at times (cron_restart), or once (autorestart: false): not a server. */
  readonly isJob: boolean;
  /** As a shell would have it: `node -r dotenv/config "server.js" --quiet`. */
  readonly command: string;
  /** Its cwd, relative to the configuration's folder. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** How many processes, as written: 'max', '4'. */
  readonly instances?: string;
  /** By its name it is the one that answers requests. */
  readonly isServer?: boolean;
  /** Files of variables that what starts it reads; with ? where one may be missing. */
  readonly envFiles?: readonly string[];
}

/** Programs that start those of a Procfile, with the variables of a .env file. */
const foreman = /^(?:.*[\\/])?(?:nf|foreman|honcho|overmind|hivemind|heroku)(?:\.cmd)?$/i;
const pm2 = /^(?:.*[\\/])?pm2(?:-runtime|-docker)?(?:\.cmd)?$/i;

/** What a command of pm2 starts. */
export interface EcosystemStart {
  readonly file: string;
  readonly environment: string | undefined;
  /** The names of the apps that it starts alone (--only); none: all. */
  readonly only: readonly string[];
}

/** `pm2 start ecosystem.config.js --env production --only web`, `nf start`; undefined for other commands. */
export function configurationOf(words: readonly string[]): EcosystemStart | undefined {
  const start = words.findIndex((word) => pm2.test(word));
  if (start < 0) return procfileOf(words);
  const behind = words.slice(start + 1);
  const isBare = /^(start|startOrRestart|startOrReload)$/.test(behind[0] ?? '') && (behind[1] ?? '-').startsWith('-');
  const named = behind.find((word) => /(\.config\.[cm]?js|\.json|\.ya?ml)$/i.test(word));
  const file = named ?? (isBare ? 'ecosystem.config.js' : undefined);
  const argumentOf = (option: string): string | undefined => {
    const at = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
    return at < 0 ? undefined : (words[at]?.split('=')[1] ?? words[at + 1]);
  };
  const only = (argumentOf('--only') ?? '').split(/[\s,]+/).filter(Boolean);
  return file === undefined ? undefined : { file, environment: argumentOf('--env'), only };
}

/** `nf -j Procfile.iis start web`, `heroku local` */
function procfileOf([program = '', ...given]: readonly string[]): EcosystemStart | undefined {
  if (!foreman.test(program)) return undefined;
  const plain: string[] = [];
  let file = 'Procfile';
  for (let at = 0; at < given.length; at++) {
    const [name = '', value] = (given[at] ?? '').split('=', 2);
    if (/^(-j|-f|--procfile)$/.test(name)) file = value ?? given[++at] ?? file;
    else if (/^(-[edxp]|--env|--root|--port)$/.test(name)) at += value === undefined ? 1 : 0;
    else if (!name.startsWith('-')) plain.push(...name.split(','));
  }
  const [command = 'start', ...only] = plain;
  if (!/^(start|local|s|run)$/.test(command) && !/hivemind/i.test(program)) return undefined;
  return { file, environment: undefined, only: only.filter((name) => name !== 'start') };
}

/** The apps of a configuration of pm2 that node starts, as far as the file says how. Never throws. */
export function readEcosystem(source: TextFile, environment: string | undefined): readonly EcosystemApp[] {
  const { file } = source;
  if (/procfile[^\\/]*$/i.test(file)) return readProcfile(source.text).map((app) => ({ ...app, envFiles: ['.env?'] }));
  const isYaml = /\.ya?ml$/i.test(file);
  const isJson = isYaml || /\.json$/i.test(file);
  const text = isYaml ? (JSON.stringify(yamlValue(source.text)) ?? '') : source.text;
  const script = parseScript({ file: isJson ? `${file}.js` : file, text: isJson ? `(${text}\n)` : text });
  const context = contextOf(script);
  if (context === undefined) return [];
  const { bindings, tree } = context;
  const exported = tree.nodes.map((node) => exportIn(node, isJson)).find((node) => node !== undefined);
  if (exported === undefined) return [];
  const config = objectOf(exported, bindings);
  return elementsOf((config && propertyOf(config, 'apps', bindings)) ?? exported, context).flatMap((each) => {
    const app = objectOf(each.node, each.context.bindings);
    return (app && appOf(app, each.context, environment)) ?? [];
  });
}

/** What a configuration exports. */
function exportIn(node: AnyNode, isJson: boolean): AnyNode | undefined {
  if (isJson) return node.type === 'ExpressionStatement' ? node.expression : undefined;
  if (node.type === 'ExportDefaultDeclaration') return node.declaration;
  const isExport = node.type === 'AssignmentExpression' && propertyName(node.left) === 'exports';
  return isExport ? node.right : undefined;
}

/** What __dirname is while the file is read. */
const here = '/here';

function appOf(
  app: ObjectExpression,
  context: ScriptContext,
  environment: string | undefined,
): EcosystemApp | undefined {
  const { bindings } = context;
  const text = (...keys: readonly string[]): string => {
    const value = keys.map((key) => propertyOf(app, key, bindings)).find((each) => each !== undefined);
    return value === undefined ? '' : wordsIn(value, bindings).join(' ');
  };
  const placeOf = (key: string): string => {
    const value = propertyOf(app, key, bindings);
    return (value && pathOf(context, value, here)) ?? '';
  };
  const folder = fromHere(placeOf('cwd'), here);
  // One below __dirname does not begin in cwd.
  const script = fromHere(placeOf('script'), path.posix.join(here, folder));
  const interpreter = text('interpreter', 'exec_interpreter');
  if (script === '' || !/^(|node|none|tsx|ts-node)$/.test(interpreter)) return undefined;
  const args = text('args');
  const instances = text('instances');
  const isManager = /^(npm|yarn|pnpm)$/.test(script);
  const program = interpreter === '' || interpreter === 'none' ? 'node' : interpreter;
  const options = text('node_args', 'nodeArgs', 'interpreter_args', 'interpreterArgs');
  return {
    name: text('name'),
    isJob: propertyOf(app, 'cron_restart', bindings) !== undefined || text('autorestart') === 'false',
    command: isManager ? `${script} ${args}` : `${program} ${options} "${script}" ${args}`,
    folder: folder.replace(/^(?=\/).*/, ''),
    ...(instances !== '' && { instances }),
    env: {
      ...variablesIn(propertyOf(app, 'env', bindings), bindings),
      ...(environment && variablesIn(propertyOf(app, `env_${environment}`, bindings), bindings)),
    },
  };
}

/** A path of the file, as from a folder; as written where it has none of __dirname. */
function fromHere(written: string, folder: string): string {
  const isHere = written === here || written.startsWith(`${here}/`);
  return isHere ? path.posix.relative(folder, path.posix.normalize(written)) : written;
}

/** A text, or a list of texts. */
function wordsIn(value: AnyNode, bindings: Bindings): readonly string[] {
  const node = follow(value, bindings);
  const all = node.type === 'ArrayExpression' ? node.elements.filter((each) => each !== null) : [node];
  return all.flatMap((each) => {
    const read = readValue(each, bindings);
    return read.kind === 'literal' ? [String(read.value)] : [];
  });
}

function variablesIn(value: AnyNode | undefined, bindings: Bindings): EcosystemApp['env'] {
  const entries = objectOf(value, bindings)?.properties.flatMap((property) => {
    const name = property.type === 'Property' ? keyOf(property) : undefined;
    if (property.type !== 'Property' || name === undefined) return [];
    return wordsIn(property.value, bindings).map((text) => [name, text] as const);
  });
  return Object.fromEntries(entries ?? []);
}
