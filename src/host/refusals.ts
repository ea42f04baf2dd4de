import path from 'node:path';
import { type ConfigError, sectionSchemas } from '../config/index.js';
import { configErrorText } from '../pipeline/sections/index.js';
import { diskReader } from '../webconfig/index.js';
import { serveSite } from './serve-site.js';

/** An error in an app's web.config that every IIS, or iisnode, refuses. */
export interface Refusal {
  readonly kind: ConfigError['kind'];
  /** IIS's own text, with what it omits. */
  readonly text: string;
  /** `IIS answers 500.19`, or iisnode, which reads its own section. */
  readonly answer: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** Whether a server unlocks a section, or has the module that declares it, is unknown. */
const upToTheServer: ReadonlySet<ConfigError['kind']> = new Set(['section-locked', 'unknown-section']);

/** Names of sections in lower case: a name in the wrong case is not declared. */
const known = new Set(sectionSchemas.map((schema) => schema.path.toLowerCase()));

/**
 * What an unchanged IIS installation would refuse in the web.config of an app's folder.
 *
 * @param directory Absolute path.
 * @param webConfig Its bytes, if they are not on disk yet.
 */
export function refusalsOf(directory: string, webConfig?: Uint8Array): readonly Refusal[] {
  const own = path.join(directory, 'web.config');
  const read = (file: string): Uint8Array | undefined =>
    webConfig !== undefined && path.resolve(file) === own ? webConfig : diskReader.read(file);
  // At the root: what a file may contain does not depend on its vdir path.
  const model = serveSite({ directory, vdirPath: '/', environment: {} })({ ...diskReader, read });
  const [site] = model.sites;
  if (site === undefined) return [];
  return model
    .errors(model.locate(site, '/'))
    .filter(
      ({ kind, section = '' }) =>
        !upToTheServer.has(kind) || (kind === 'unknown-section' && known.has(section.toLowerCase())),
    )
    .map((error) => ({
      kind: error.kind,
      text: configErrorText(error).replace(/\.$/, ''),
      answer: isOfIisnode(error) ? 'iisnode answers 500.1000' : 'IIS answers 500.19',
      file: error.file,
      line: error.line,
    }));
}

/** IIS refuses the section before iisnode reads it when it uses configSource, or when it is at the wrong path. */
const isOfIisnode = ({ section, kind }: ConfigError): boolean =>
  section === 'system.webServer/iisnode' &&
  kind !== 'config-source' &&
  kind !== 'not-at-this-path' &&
  kind !== 'duplicate-section';
