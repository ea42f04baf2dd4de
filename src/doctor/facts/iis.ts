import type { AppConfiguration, ServerCopy } from '../../app/index.js';
import { ConfigError, type EffectiveElement, type Origin, type SiteModel } from '../../config/index.js';
import { offsetAt, type Place, placeAt, type TextFile } from '../../source/index.js';
import { elementsEverywhere } from '../../webconfig/index.js';
import { attribute } from '../../xml/index.js';

/** An application pool, defaults of the server included. */
export interface PoolFacts {
  readonly name: string;
  /** undefined: the file has no such pool. */
  readonly settings:
    | {
        readonly is32Bit: boolean;
        /** 'v4.0'; empty: No Managed Code. */
        readonly runtime: string;
        readonly isClassic: boolean;
        /** 'ApplicationPoolIdentity', 'SpecificUser', ... */
        readonly identity: string;
        readonly userName: string;
        readonly queueLength: number;
        readonly autoStart: boolean;
        readonly startMode: string;
        /** ms; 0: never. */
        readonly idleTimeout: number;
        /** ms; 0: never. */
        readonly recycleEvery: number;
      }
    | undefined;
  /** Where the file has it, or names it. */
  readonly place: Place | undefined;
}

/** What a copy of applicationHost.config says of the server: plain data. */
export interface IisFacts {
  /** The file. */
  readonly file: string;
  readonly site: SiteModel;
  /** The path of the app's application, which a virtual directory shares. */
  readonly application: string;
  readonly pool: PoolFacts;
  /** The modules that are installed, by name in lower case, with the condition under which a pool loads each ('bitness64'); undefined where the file does not list them. */
  readonly globalModules:
    | ReadonlyMap<string, { readonly preCondition: string; readonly place: Place | undefined }>
    | undefined;
  /** Names of the modules that run for the app, in lower case; undefined where they cannot be read. */
  readonly modules: ReadonlySet<string> | undefined;
  /** Application Request Routing's proxy: undefined without its section. */
  readonly proxy: { readonly enabled: boolean; readonly place: Place } | undefined;
}

/** Reads the facts about the server around an app. */
export function readIis({ model, at }: AppConfigurationLike, copy: ServerCopy): IisFacts {
  const { file, document } = copy;
  const source = { file, text: document.text };
  const namesIn = (read: () => EffectiveElement): ReadonlySet<string> | undefined =>
    quietly(() => new Set(read().items.map((item) => item.string('name').toLowerCase())));
  const global = 'system.webServer/globalModules';
  const proxy = elementsEverywhere(document.root, 'system.webServer/proxy');
  const [switched] = proxy.filter((element) => attribute(element, 'enabled') !== undefined);
  const said = switched ?? proxy[0];
  return {
    file,
    site: at.site,
    application: at.application.path,
    pool: poolOf({ model, at }, source),
    globalModules: model.isDeclared(global)
      ? quietly(() => new Map(model.server(global).items.map((item) => moduleOf(item, source))))
      : undefined,
    modules: namesIn(() => model.effective('system.webServer/modules', at)),
    proxy: said && {
      enabled: attribute(said, 'enabled')?.toLowerCase() === 'true',
      place: placeAt(source, said.span.start),
    },
  };
}

const moduleOf = (item: EffectiveElement, source: TextFile) =>
  [
    item.string('name').toLowerCase(),
    { preCondition: item.string('preCondition'), place: linePlace(item.origin(), source) },
  ] as const;

type AppConfigurationLike = Pick<AppConfiguration, 'model' | 'at'>;

function poolOf({ model, at }: AppConfigurationLike, source: TextFile): PoolFacts {
  const { pool: name } = at.application;
  const pools = quietly(() => model.server('system.applicationHost/applicationPools').items) ?? [];
  const pool = pools.find((each) => each.string('name').toLowerCase() === name.toLowerCase());
  if (pool === undefined) return { name, settings: undefined, place: undefined };
  const process = pool.child('processModel');
  return {
    name: pool.string('name'),
    settings: {
      is32Bit: pool.boolean('enable32BitAppOnWin64'),
      runtime: pool.string('managedRuntimeVersion'),
      isClassic: pool.string('managedPipelineMode') === 'Classic',
      identity: process.string('identityType'),
      userName: process.string('userName'),
      queueLength: pool.number('queueLength'),
      autoStart: pool.boolean('autoStart'),
      startMode: pool.string('startMode'),
      idleTimeout: process.number('idleTimeout'),
      recycleEvery: pool.child('recycling').child('periodicRestart').number('time'),
    },
    place: linePlace(pool.origin(), source),
  };
}

function linePlace(origin: Origin | undefined, source: TextFile): Place | undefined {
  // The model reads the file with the folders of this machine in it: the lines are the same, the columns may differ.
  if (origin === undefined) return undefined;
  const { line, column } = origin;
  return { ...placeAt(source, offsetAt(source, line, 1)), line, column };
}

/** A section that IIS refuses is reported as an error of the configuration. */
function quietly<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
