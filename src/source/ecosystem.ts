import type { AnyNode, ObjectExpression } from 'acorn';
import { type Bindings, bindingsOf } from './bindings.js';
import { keyOf, propertyName } from './properties.js';
import { parseScript } from './script.js';
import type { TextFile } from './text-file.js';
import { follow, objectOf, propertyOf, readValue } from './values.js';

/** How a configuration of pm2 starts an app. */
export interface EcosystemApp {
  /** As a shell would have it: `node -r dotenv/config "server.js" --quiet`. */
  readonly command: string;
  /** Its cwd, relative to the configuration's folder, as written. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** How many processes, as written: 'max', '4'. */
  readonly instances?: string;
}

const pm2 = /^(?:.*[\\/])?pm2(?:-runtime|-docker)?(?:\.cmd)?$/i;

/** `pm2 start ecosystem.config.js --env production`: the file, and the environment; undefined for other commands. */
export function configurationOf(
  words: readonly string[],
): { readonly file: string; readonly environment: string | undefined } | undefined {
  const start = words.findIndex((word) => pm2.test(word));
  if (start < 0) return undefined;
  const file = words.slice(start + 1).find((word) => /(\.config\.[cm]?js|\.json)$/i.test(word));
  const env = words.findIndex((word) => /^--env(=|$)/.test(word));
  const environment = env < 0 ? undefined : (words[env]?.split('=')[1] ?? words[env + 1]);
  return file === undefined ? undefined : { file, environment };
}

/** The first app of a configuration of pm2; undefined where the file does not say how node starts one. Never throws. */
export function readEcosystem({ file, text }: TextFile, environment: string | undefined): EcosystemApp | undefined {
  const isJson = /\.json$/i.test(file);
  const { tree } = parseScript({ file: isJson ? `${file}.js` : file, text: isJson ? `(${text}\n)` : text });
  if (tree === undefined) return undefined;
  const bindings = bindingsOf(tree);
  const exported = tree.nodes.map((node) => exportIn(node, isJson)).find((node) => node !== undefined);
  if (exported === undefined) return undefined;
  const config = objectOf(exported, bindings);
  const list = follow((config && propertyOf(config, 'apps', bindings)) ?? exported, bindings);
  const [first] = list.type === 'ArrayExpression' ? list.elements : [list];
  const app = objectOf(first ?? undefined, bindings);
  return app && appOf(app, bindings, environment);
}

/** What a configuration exports. */
function exportIn(node: AnyNode, isJson: boolean): AnyNode | undefined {
  if (isJson) return node.type === 'ExpressionStatement' ? node.expression : undefined;
  if (node.type === 'ExportDefaultDeclaration') return node.declaration;
  const isExport = node.type === 'AssignmentExpression' && propertyName(node.left) === 'exports';
  return isExport ? node.right : undefined;
}

function appOf(app: ObjectExpression, bindings: Bindings, environment: string | undefined): EcosystemApp | undefined {
  const text = (...keys: readonly string[]): string => {
    const value = keys.map((key) => propertyOf(app, key, bindings)).find((each) => each !== undefined);
    return value === undefined ? '' : wordsIn(value, bindings).join(' ');
  };
  const script = text('script');
  const interpreter = text('interpreter', 'exec_interpreter');
  if (script === '' || !/^(|node|none|tsx|ts-node)$/.test(interpreter)) return undefined;
  const args = text('args');
  const instances = text('instances');
  const isManager = /^(npm|yarn|pnpm)$/.test(script);
  const program = interpreter === '' || interpreter === 'none' ? 'node' : interpreter;
  const options = text('node_args', 'nodeArgs', 'interpreter_args', 'interpreterArgs');
  return {
    command: isManager ? `${script} ${args}` : `${program} ${options} "${script}" ${args}`,
    folder: text('cwd').replace(/^(?=\/).*/, ''),
    ...(instances !== '' && { instances }),
    env: {
      ...variablesIn(propertyOf(app, 'env', bindings), bindings),
      ...(environment && variablesIn(propertyOf(app, `env_${environment}`, bindings), bindings)),
    },
  };
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
