import path from 'node:path';
import type { EffectiveElement } from '../config/index.js';
import type { IisnodeAttribute } from './iisnode-attributes.js';
import { ymlKeys } from './iisnode-attributes.js';
import { type IisnodeSettingsOptions, readIisnodeSettings } from './iisnode-settings.js';
import { parseIisnodeYml } from './iisnode-yml.js';
import type { IisnodeSettings, ResolvedIisnodeSettings } from './types.js';

export interface IisnodeSettingsAtOptions extends Omit<IisnodeSettingsOptions, 'yml'> {
  /** The bytes of a file; undefined when there is none. Its errors are not caught. */
  read(file: string): Uint8Array | undefined;
}

export interface IisnodeSettingsAt extends ResolvedIisnodeSettings {
  /** The file in `configOverrides`, existing or not. */
  readonly ymlFile: string;
  /** Its lines, from 1, that set attributes. */
  readonly ymlLines: ReadonlyMap<IisnodeAttribute, number>;
}

/**
 * iisnode's settings for an entry point: those of `readIisnodeSettings` with the override file in its folder.
 *
 * @param element The effective section `system.webServer/iisnode`.
 * @param folder Absolute physical path of the entry point's folder.
 * @throws IisnodeConfigError 1031 or 1032.
 */
export function iisnodeSettingsAt(
  element: EffectiveElement,
  folder: string,
  { read, ...options }: IisnodeSettingsAtOptions,
): IisnodeSettingsAt {
  const first = readIisnodeSettings(element, options);
  // The text is appended to the script's folder as it is (iisnode 0.2.27, cmoduleconfiguration.cpp).
  const ymlFile = folder + path.sep + first.values.configOverrides;
  const yml = read(ymlFile);
  const settings = yml === undefined ? first : readIisnodeSettings(element, { ...options, yml });
  const entries = yml === undefined ? [] : parseIisnodeYml(yml);
  const ymlLines = new Map<IisnodeAttribute, number>();
  for (const { key, line } of entries) {
    const name = ymlKeys.get(key.toLowerCase());
    if (name !== undefined) ymlLines.set(name, line); // the last line of a duplicate key takes effect
  }
  return { ...settings, ymlFile, ymlLines };
}

/** The absolute folder of iisnode's logs, for the folder of an entry point. */
export const logFolderOf = (folder: string, { logDirectory }: Pick<IisnodeSettings, 'logDirectory'>): string =>
  path.resolve(folder, logDirectory.replaceAll('\\', path.sep));
