import { ConfigError } from '../config/index.js';
import { ConfigSnapshot, type Disk, decideRules, imaginedRequest, type PipelineSite } from '../pipeline/index.js';
import { remembered } from '../remembered.js';
import {
  type CompiledRewrite,
  compileRewrite,
  handshakeHeaders,
  type RewriteConfig,
  type RewriteRule,
  readRewriteConfig,
} from '../rewrite/index.js';
import { withoutEnd } from '../trimmed.js';
import type { XmlDocument, XmlElement } from '../xml/index.js';
import { type FolderModel, loadFolderModel, loadWithoutFaults } from './folder-model.js';
import { sectionsAt } from './sections.js';

/** A rule as it takes effect, and its element in the document. */
export interface WrittenRule {
  readonly element: XmlElement;
  readonly rule: RewriteRule;
}

/** Where a web.config sends requests, as IIS decides it. */
export interface Routes {
  /** False if the rules cannot be read: then nothing is known of where requests go. */
  readonly isKnown: boolean;
  /** The rules that take effect, in their order: without those that the file clears or removes. */
  readonly rules: readonly WrittenRule[];
  /** The final path of a request below the web.config's folder; undefined when a rule answers it itself. */
  target(relativeUrl: string): string | undefined;
  /** The same with one rule alone. */
  targetBy(rule: RewriteRule, relativeUrl: string): string | undefined;
}

/** Is there a file at this path below the web.config's folder? Forward slashes. */
type IsFile = (relative: string) => boolean;

/** A path as on Windows: rules may compare backslashes. */
const folder = 'C:\\site';

/**
 * Where a web.config at a vdir path ('/' or '/dante') sends requests. The parts of it that IIS refuses are left out.
 *
 * @param isFile Without it no file exists, which is correct for socket.io's URLs.
 */
export function routesOf(document: XmlDocument, vdirPath: string, isFile: IsFile = () => false): Routes {
  const configured = configuredBy(document, vdirPath);
  if (configured === undefined)
    return { isKnown: false, rules: [], target: () => undefined, targetBy: () => undefined };
  const { loaded, config } = configured;
  const place: PipelineSite = {
    snapshot: new ConfigSnapshot(loaded.model),
    site: loaded.at.site,
    disk: {
      isFile: (name) => name.startsWith(`${folder}\\`) && isFile(name.slice(folder.length + 1).replaceAll('\\', '/')),
      isDirectory: (name) => withoutEnd(name, '\\').toLowerCase() === folder.toLowerCase(),
    },
  };
  const compile = (rules: readonly RewriteRule[]): CompiledRewrite => compileRewrite({ ...config, rules });
  // One invalid rule makes IIS refuse all rules: what the others would do is still useful to know.
  const all = compile(config.rules.filter((rule) => compile([rule]).problems.length === 0));
  return {
    isKnown: true,
    rules: config.rules.flatMap((rule) => {
      const element = elementOf(document, rule);
      return element ? [{ element, rule }] : [];
    }),
    target: (url) => targetOf({ ...place, rules: all }, vdirPath, url),
    targetBy: (rule, url) => targetOf({ ...place, rules: compile([rule]) }, vdirPath, url),
  };
}

/** A redirect to https (or to http) is intended: the request is then made with that scheme. */
function targetOf(place: PipelineSite, vdirPath: string, relativeUrl: string): string | undefined {
  const base = vdirPath === '/' ? '' : vdirPath;
  for (const scheme of ['https', 'http'] as const) {
    const headers = relativeUrl.includes('transport=websocket') ? handshakeHeaders : {};
    const request = imaginedRequest({ url: `${base}/${relativeUrl}`, scheme, headers });
    const { outcome, journey } = decideRules(place, request);
    if (outcome !== undefined) continue;
    const { path } = journey;
    return path.toLowerCase().startsWith(`${base}/`.toLowerCase()) ? path.slice(base.length + 1) : path;
  }
  return undefined;
}

/** The rule in the document itself: what is left out is replaced by blanks, so offsets are the same. */
function elementOf(document: XmlDocument, { origin }: RewriteRule): XmlElement | undefined {
  const start = origin?.element.span.start;
  return sectionsAt(document, 'system.webServer/rewrite/rules/rule').find(({ span }) => span.start === start);
}

interface Configured {
  readonly loaded: FolderModel;
  /** With all server variables allowed: which ones the server allows is not known here, and they do not change the path. */
  readonly config: RewriteConfig;
}

const configuredPaths = remembered((_document: XmlDocument) => new Map<string, Configured | undefined>());

/** Several steps of a patch use the same document. */
function configuredBy(document: XmlDocument, vdirPath: string): Configured | undefined {
  const byPath = configuredPaths(document);
  if (!byPath.has(vdirPath)) byPath.set(vdirPath, load(document, vdirPath));
  return byPath.get(vdirPath);
}

/** undefined if the rules cannot be read, whatever is left out. */
function load(document: XmlDocument, vdirPath: string): Configured | undefined {
  try {
    // No other file is read.
    const loaded = loadWithoutFaults(
      document,
      (current) => loadText(current, vdirPath),
      () => true,
    );
    const { model, at } = loaded;
    const config = readRewriteConfig(model, at);
    const place = { snapshot: new ConfigSnapshot(model), site: at.site, disk: noDisk, rules: compileRewrite(noRules) };
    // The error that IIS answers with before it uses the rules.
    const { outcome } = decideRules(place, imaginedRequest({ url: at.path, scheme: 'https' }));
    if (outcome?.kind === 'error' && outcome.configError) return undefined;
    const names = config.rules.flatMap(({ serverVariables }) => serverVariables.map(({ name }) => name));
    return { loaded, config: { ...config, globalRules: [], allowedServerVariables: names } };
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

const noRules: RewriteConfig = { globalRules: [], rules: [], maps: [], allowedServerVariables: [] };
const noDisk: Disk = { isFile: () => false, isDirectory: () => false };

function loadText(document: XmlDocument, vdirPath: string): FolderModel {
  const bytes = document.toBytes();
  const own = `${folder}\\web.config`.toLowerCase();
  const read = (file: string): Uint8Array | undefined => (file.toLowerCase() === own ? bytes : undefined);
  return loadFolderModel({ directory: folder, vdirPath, reader: { read, parse: () => document }, platform: 'win32' });
}
