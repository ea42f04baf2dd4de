import { availableParallelism } from 'node:os';
import path from 'node:path';
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
import type { Entry } from './entries.js';
import type { SiteFacts } from './site.js';
import type { WebConfigFacts } from './web-config.js';

/** iisnode's settings as it resolves them for the entry point, each with its place. */
export interface IisnodeFacts {
  readonly settings: IisnodeSettingsAt;
  /** Where an attribute is set; undefined for the environment and for a default. */
  placeOf(name: IisnodeAttribute): Place | undefined;
}

/** undefined when there are no settings to speak of, or iisnode itself refuses them. */
export function readIisnode(
  webConfig: WebConfigFacts,
  site: SiteFacts | undefined,
  entries: readonly Entry[],
  environment: Readonly<Record<string, string | undefined>> = {},
): IisnodeFacts | undefined {
  const entry = entries.find(({ exists }) => exists) ?? entries[0];
  const section = site?.section('system.webServer/iisnode', entry?.name);
  if (section === undefined) return undefined;
  const folder = path.dirname(entry?.file ?? webConfig.file);
  let settings: IisnodeSettingsAt;
  try {
    const read = (file: string): Uint8Array | undefined => diskReader.read(file);
    settings = iisnodeSettingsAt(section, folder, { environment, cpus: availableParallelism(), read });
  } catch (error) {
    // What IIS or iisnode refuses is other rules' business, as is a file that cannot be read.
    if (error instanceof IisnodeConfigError || error instanceof ConfigError || error instanceof FileError)
      return undefined;
    throw error;
  }
  return {
    settings,
    placeOf: (name) => {
      const line = settings.ymlLine(name);
      if (line !== undefined) return linePlace(spellingOnDisk(settings.ymlFile) ?? settings.ymlFile, line);
      const origin = settings.origins[name];
      if (origin === undefined) return undefined;
      const written = origin.element.attributes.find((attribute) => attribute.name === name);
      const { file, document, element } = origin;
      return webConfig.placeOf({ file, ...document.positionAt((written ?? element).span.start) });
    },
  };
}

function linePlace(file: string, line: number): Place {
  const text =
    readFileSync(file, fileLimits.config)
      .toString('latin1')
      .split(/\r\n|\r|\n/)[line - 1] ?? '';
  return { ...placeAt({ file, text }, 0), line };
}
