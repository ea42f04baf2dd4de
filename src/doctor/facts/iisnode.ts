import type { App } from '../../app/index.js';
import { fileLimits, readFileSync, spellingOnDisk } from '../../files/index.js';
import { type Place, placeAt } from '../../source/index.js';
import type { IisnodeAttribute, IisnodeSettingsAt } from '../../webconfig/index.js';
import type { WebConfigQueries } from './web-config.js';

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
export function readIisnode(app: App, placeOf: WebConfigQueries['placeOf']): Iisnode {
  const { entries } = app;
  const entry = entries.find(({ exists }) => exists) ?? entries[0];
  const settings = app.settingsOf(entry?.name);
  if (settings === undefined) return noSettings;
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
