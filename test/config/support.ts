import {
  applicationHostText,
  type ConfigError,
  type ConfigLocation,
  type ConfigModel,
  type ConfigReader,
  type HostApplication,
  loadConfigModel,
} from '../../src/config/index.js';

/** Files by path, as on a case-insensitive disk. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface Server {
  readonly files?: Files;
  readonly applications?: readonly HostApplication[];
  readonly unlocked?: boolean;
  /** Contents of applicationHost.config instead of the default one. */
  readonly applicationHost?: string;
  /** Changes the default one. */
  readonly edit?: (text: string) => string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly platform?: 'win32' | 'posix';
  readonly reads?: string[];
}

/** A server whose site "Default Web Site" is in /srv. */
export function server(options: Server = {}): ConfigModel {
  const files = new Map(Object.entries(options.files ?? {}).map(([path, text]) => [path.toLowerCase(), text]));
  const text =
    options.applicationHost ??
    applicationHostText({
      unlocked: options.unlocked ?? true,
      pools: ['DefaultAppPool'],
      sites: [
        {
          name: 'Default Web Site',
          id: 1,
          bindings: [{ protocol: 'http', information: '*:80:' }],
          applications: options.applications ?? [
            { path: '/', physicalPath: '/srv' },
            { path: '/dante', physicalPath: '/apps/dante' },
          ],
        },
      ],
    });
  return loadConfigModel({
    file: '/iis/applicationHost.config',
    applicationHost: options.edit?.(text) ?? text,
    platform: options.platform ?? 'posix',
    environment: options.environment ?? {},
    reader: {
      read: (path) => {
        options.reads?.push(path);
        const found = files.get(path.toLowerCase());
        return typeof found === 'string' ? new TextEncoder().encode(found) : found;
      },
    },
  });
}

/** The place of a URL path in the first site. */
export function at(model: ConfigModel, path: string): ConfigLocation {
  const [site] = model.sites;
  if (site === undefined) throw new Error('no site');
  return model.locate(site, path);
}

/** A web.config with this inside `<system.webServer>`. */
export const webConfig = (inner: string): string =>
  `<configuration>\n  <system.webServer>\n    ${inner}\n  </system.webServer>\n</configuration>\n`;

/** The ConfigError that `run` throws. */
export function refused(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigError') return error as ConfigError;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Values of one attribute of a section's entries. */
export const names = (model: ConfigModel, section: string, path: string, attribute = 'name'): readonly string[] =>
  model.effective(section, at(model, path)).items.map((item) => item.string(attribute));

/** The default server with another file reader. */
export function reloaded(reader: ConfigReader, ...more: readonly HostApplication[]): ConfigModel {
  const applicationHost = applicationHostText({
    unlocked: true,
    pools: [],
    sites: [{ name: 'S', id: 1, bindings: [], applications: [{ path: '/', physicalPath: '/srv' }, ...more] }],
  });
  return loadConfigModel({ file: '/iis/applicationHost.config', applicationHost, platform: 'posix', reader });
}
