import type { App } from '../app/index.js';
import { defaultDocuments } from '../config/index.js';
import type { PatchResult, WebConfigWants } from '../webconfig/index.js';
import type { ReplacedHost } from './adopt-host.js';
import { namesIn } from './folder.js';
import type { KnownSettings } from './known-settings.js';
import type { LoaderEdits } from './loader-file.js';
import type { CheckedOptions, Transport } from './options.js';
import { encodeText, plainText, type TextFile } from './text-file.js';
import type { CheckPlannedApp, FileEdit, LoaderChoice, PlannedAppCheck } from './types.js';

/** An existing app, and its future vdir path. */
export interface AdoptedApp {
  readonly app: App;
  /** Its web.config: the name, and the absolute path. */
  readonly name: string;
  readonly file: string;
  readonly found: TextFile | undefined;
  readonly known: KnownSettings;
  readonly replaced: ReplacedHost;
  readonly entry: string;
  readonly vdirPath: string;
  /** Files of a package that are copied into the app. */
  readonly clientFiles: readonly FileEdit[];
}

/** web.config, and the loader if it is needed. */
export interface PlannedFiles extends LoaderEdits {
  readonly patch: PatchResult;
  readonly checked: PlannedAppCheck;
  readonly loader: LoaderChoice;
}

/** Checks the app as it will be with this web.config and these files. */
export const checkerOf =
  ({ app, name, found, clientFiles }: AdoptedApp, checkApp: CheckPlannedApp) =>
  ({ text }: Pick<PatchResult, 'text'>, edits: readonly FileEdit[] = []): PlannedAppCheck => {
    const files = [...clientFiles, ...edits].flatMap(({ file: each, after }) =>
      after === undefined ? [] : [[each, encodeText(after, plainText)] as const],
    );
    return checkApp(app.planned(new Map([...files, [name, encodeText(text, found ?? plainText)]])));
  };

/** What web.config needs by the options and by what is known of the app. */
export function wantsOf(
  options: CheckedOptions,
  known: KnownSettings,
  { appSettings, ...replaced }: ReplacedHost,
  entry: string,
  vdirPath: string,
): WebConfigWants {
  const { route } = known;
  // What another module than iisnode had is kept; an app of iisnode keeps its own by itself.
  const processes = options.processes ?? (replaced.replacesHosts === true ? known.processes : undefined);
  return {
    ...replaced,
    entry,
    vdirPath,
    ...(route === undefined ? {} : { route }),
    ...(processes === undefined ? {} : { processes }),
    ...(known.processes === undefined ? {} : { processesNow: known.processes }),
    home: hasDefaultDocument(options.directory) ? 'static' : 'entry',
    staticFolders: options.staticFolders,
    transports: options.transports ?? known.transports ?? transportsOf(route),
    transportsSetting: (options.transports ?? appSettings?.transports) !== undefined && route === undefined,
    appSettings: {
      ...absent(appSettings ?? {}, known),
      ...absent(options.adapter?.settings ?? {}, known),
      ...(options.allowEio3 ? { allowEIO3: 'true' } : {}),
    },
  };
}

/** The values in the app's own code; options of the user override them. */
export function fromCode(
  options: CheckedOptions,
  { transports, adapter, upgrades }: PlannedAppCheck,
): Partial<WebConfigWants> {
  const allowed = (['websocket', 'polling'] as const).filter((name) => transports?.includes(name));
  return {
    ...(options.transports === undefined && allowed.length > 0 ? { transports: allowed } : {}),
    ...(adapter.isAttached ? { sharing: 'adapter' } : {}),
    ...(upgrades && { upgrades }),
  };
}

/** Settings that web.config does not have yet: an existing value is kept. */
const absent = (settings: Readonly<Record<string, string>>, { settings: known = [] }: KnownSettings) =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !known.includes(name.toLowerCase())));

/** socket.io's default; plain WebSockets have only one transport. */
const transportsOf = (route: string | undefined): readonly Transport[] =>
  route === undefined ? ['websocket', 'polling'] : ['websocket'];

const documentNames = defaultDocuments.map((name) => name.toLowerCase());

/** Does the folder have a document that IIS opens for its URL? */
const hasDefaultDocument = (directory: string): boolean =>
  namesIn(directory).some((name) => documentNames.includes(name.toLowerCase()));
