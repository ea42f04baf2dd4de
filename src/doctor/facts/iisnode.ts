import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Entry } from '../../app/index.js';
import { ConfigError } from '../../config/index.js';
import { FileError, fileLimits, readFileSync, spellingOnDisk } from '../../files/index.js';
import { type Place, placeAt } from '../../source/index.js';
import {
  diskReader,
  type IisnodeAttribute,
  IisnodeConfigError,
  type IisnodeSettingsAt,
  iisnodeSettingsAt,
} from '../../webconfig/index.js';
import type { SiteQueries } from './site.js';
import type { WebConfigFacts, WebConfigQueries } from './web-config.js';

/** Queries about iisnode's settings. */
export interface IisnodeQueries {
  /** The position where an attribute is set; undefined for the environment and for a default, and where there are no settings. */
  iisnodePlace(name: IisnodeAttribute): Place | undefined;
}

interface Iisnode {
  /** undefined when there are no settings, or iisnode itself refuses them. */
  readonly iisnode: IisnodeSettingsAt | undefined;
  readonly queries: IisnodeQueries;
}

const noSettings: Iisnode = { iisnode: undefined, queries: { iisnodePlace: () => undefined } };

/** iisnode's effective settings for the entry point. */
export function readIisnode(
  webConfig: WebConfigFacts,
  { section: sectionAt, placeOf }: Pick<SiteQueries & WebConfigQueries, 'section' | 'placeOf'>,
  entries: readonly Entry[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Iisnode {
  const entry = entries.find(({ exists }) => exists) ?? entries[0];
  const section = sectionAt('system.webServer/iisnode', entry?.name);
  if (section === undefined) return noSettings;
  const folder = path.dirname(entry?.file ?? webConfig.file);
  let settings: IisnodeSettingsAt;
  try {
    const read = (file: string): Uint8Array | undefined => diskReader.read(file);
    settings = iisnodeSettingsAt(section, folder, { environment, cpus: availableParallelism(), read });
  } catch (error) {
    // Other rules report what IIS or iisnode refuses, and unreadable files.
    if (error instanceof IisnodeConfigError || error instanceof ConfigError || error instanceof FileError)
      return noSettings;
    throw error;
  }
  return { iisnode: settings, queries: { iisnodePlace: (name) => settingPlace(settings, name, placeOf) } };
}

function settingPlace(
  { ymlLines, ymlFile, origins }: IisnodeSettingsAt,
  name: IisnodeAttribute,
  placeOf: WebConfigQueries['placeOf'],
): Place | undefined {
  const line = ymlLines.get(name);
  if (line !== undefined) return linePlace(spellingOnDisk(ymlFile) ?? ymlFile, line);
  const origin = origins[name];
  if (origin === undefined) return undefined;
  const { file, document, element } = origin;
  const written = element.attributes.find((attribute) => attribute.name === name);
  return placeOf({ file, ...document.positionAt((written ?? element).span.start) });
}

function linePlace(file: string, line: number): Place {
  const text =
    readFileSync(file, fileLimits.config)
      .toString('latin1')
      .split(/\r\n|\r|\n/)[line - 1] ?? '';
  return { ...placeAt({ file, text }, 0), line };
}
