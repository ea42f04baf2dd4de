import type { ConfigLocation, ConfigModel, Origin } from '../../config/index.js';

/** system.webServer/httpPlatform at a path. Texts are as IIS expands them; `%HTTP_PLATFORM_PORT%` is still in them. */
export interface HttpPlatformSettings {
  readonly processPath: string;
  readonly arguments: string;
  /** Seconds until a started process must listen. */
  readonly startupTimeLimit: number;
  /** How often a process is started for one request before it fails; version 2 always tries twice. */
  readonly startupRetryCount: number;
  /** More ends of processes in a minute than this, and none is started for the rest of it. */
  readonly rapidFailsPerMinute: number;
  /** In ms; 0: no limit. */
  readonly requestTimeout: number;
  readonly stdoutLogEnabled: boolean;
  readonly stdoutLogFile: string;
  readonly processesPerApplication: number;
  readonly forwardWindowsAuthToken: boolean;
  /** Files whose change recycles the processes; version 2 accepts them and does nothing (httpplatformhandler.md 3). */
  readonly recycleOnFileChange: readonly string[];
  /** Names and values, in file order. */
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** 1: Microsoft's 1.2. 2: LeXtudio's 2.0, whose module is installed in a folder V2. */
  readonly version: 1 | 2;
  /** Where the section is; undefined: nowhere. */
  readonly origin: Origin | undefined;
}

const section = 'system.webServer/httpPlatform';
const globalModules = 'system.webServer/globalModules';

/** Is HttpPlatformHandler installed? */
export const hasHttpPlatform = (model: ConfigModel): boolean => model.isDeclared(section);

/** Reads the section. Throws ConfigError. */
export function readHttpPlatform(model: ConfigModel, at: ConfigLocation): HttpPlatformSettings {
  const element = model.effective(section, at);
  const version = versionOf(model);
  const retries = element.number('startupRetryCount');
  return {
    processPath: String(element.get('processPath') ?? '').trim(),
    arguments: element.string('arguments'),
    startupTimeLimit: element.number('startupTimeLimit'),
    startupRetryCount: version === 2 ? 2 : Math.max(1, retries),
    rapidFailsPerMinute: element.number('rapidFailsPerMinute'),
    requestTimeout: element.number('requestTimeout'),
    stdoutLogEnabled: element.boolean('stdoutLogEnabled'),
    stdoutLogFile: element.string('stdoutLogFile'),
    processesPerApplication: element.number('processesPerApplication'),
    forwardWindowsAuthToken: element.boolean('forwardWindowsAuthToken'),
    recycleOnFileChange:
      version === 2 ? [] : element.child('recycleOnFileChange').items.map((item) => item.string('path')),
    variables: element
      .child('environmentVariables')
      .items.map((item) => [item.string('name'), item.string('value')] as const),
    version,
    origin: element.origin(),
  };
}

/** Both products have one name; the path of the module tells them apart (httpplatformhandler.md 1). */
function versionOf(model: ConfigModel): 1 | 2 {
  if (!model.isDeclared(globalModules)) return 1;
  const module = model
    .server(globalModules)
    .items.find((item) => item.string('name').toLowerCase() === 'httpplatformhandler');
  return /[\\/]v2[\\/]/i.test(module?.string('image') ?? '') ? 2 : 1;
}
