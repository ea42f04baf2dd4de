import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { App } from '../../app/index.js';
import { ConfigError } from '../../config/index.js';
import { FileError, spellingOnDisk } from '../../files/index.js';
import { type Place, placeAt } from '../../source/index.js';
import {
  diskReader,
  IisnodeConfigError,
  iisnodeAttributes,
  iisnodeDefaults,
  isYmlKey,
  parseIisnodeYml,
  readIisnodeSettings,
  type YmlEntry,
} from '../../webconfig/index.js';
import type { WebConfigQueries } from './web-config.js';

/** The override file in the folder of the entry point, as iisnode reads it. */
export interface IisnodeYmlFacts {
  /** Why iisnode refuses it, and the line where it stops. */
  readonly refusal: { readonly message: string; readonly at?: Place } | undefined;
  /** Keys that iisnode ignores. */
  readonly ignored: readonly (YmlEntry & { readonly at: Place })[];
  /** Invalid numbers: iisnode uses 0 (cmoduleconfiguration.cpp GetDWORD). */
  readonly noNumbers: readonly (YmlEntry & { readonly at: Place })[];
}

const isNumeric = (key: string): boolean => {
  const name = iisnodeAttributes.find((each) => each.toLowerCase() === key.toLowerCase());
  return name !== undefined && typeof iisnodeDefaults[name] === 'number';
};

/** undefined when the file does not exist, or iisnode stops before it reads it. */
export function readIisnodeYml(
  { entries, configuration, webConfig, environment }: App,
  placeInConfig: WebConfigQueries['placeOf'],
): IisnodeYmlFacts | undefined {
  const entry = entries.find(({ exists }) => exists) ?? entries[0];
  const element = configuration?.section('system.webServer/iisnode', entry?.name);
  if (element === undefined) return undefined;
  const options = { environment, cpus: availableParallelism() };
  try {
    const { values, origins } = readIisnodeSettings(element, options);
    const { configOverrides } = values;
    if (configOverrides === '') {
      const message = 'configOverrides is empty: iisnode tries to read the folder itself as its override file.';
      const origin = origins.configOverrides;
      const at = origin && placeInConfig(origin);
      return { refusal: { message, ...(at && { at }) }, ignored: [], noNumbers: [] };
    }
    const named = path.join(path.dirname(entry?.file ?? webConfig.file), configOverrides);
    const file = spellingOnDisk(named) ?? named;
    const yml = bytesOf(file);
    if (yml === undefined) return undefined;
    if (yml instanceof FileError) return { refusal: unreadable(yml), ignored: [], noNumbers: [] };
    const lines = new TextDecoder('windows-1252').decode(yml).split(/\r\n|\r|\n/);
    const linePlace = (line: number): Place => ({ ...placeAt({ file, text: lines[line - 1] ?? '' }, 0), line });
    const refusal = refusalOf(() => readIisnodeSettings(element, { ...options, yml }), linePlace);
    if (refusal !== undefined) return { refusal, ignored: [], noNumbers: [] };
    const all = parseIisnodeYml(yml).map((each) => ({ ...each, at: linePlace(each.line) }));
    const ignored = all.filter(({ key }) => !isYmlKey(key));
    const noNumbers = all.filter(({ key, value }) => isNumeric(key) && !/^\s*[+-]?\d/.test(value));
    return { refusal, ignored, noNumbers };
  } catch (error) {
    // The section itself is invalid, which another rule reports.
    if (error instanceof IisnodeConfigError || error instanceof ConfigError) return undefined;
    throw error;
  }
}

function bytesOf(file: string): Uint8Array | FileError | undefined {
  try {
    return diskReader.read(file);
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
}

/** Every error while opening it, except that it does not exist, is an error for iisnode (cmoduleconfiguration.cpp ApplyYamlConfigOverrides). */
function unreadable({ file, why }: FileError): NonNullable<IisnodeYmlFacts['refusal']> {
  return {
    message: `${path.basename(file)} cannot be read. ${why}`,
    at: { file, line: 1, column: 1, evidence: '' },
  };
}

function refusalOf(read: () => unknown, linePlace: (line: number) => Place): IisnodeYmlFacts['refusal'] {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof IisnodeConfigError) || error.line === undefined) throw error;
    return { message: error.message, at: linePlace(error.line) };
  }
}
