import path from 'node:path';
import {
  applicationHostText,
  type ConfigLocation,
  type ConfigModel,
  type ConfigReader,
  loadConfigModel,
  requireServableFolder,
} from '../config/index.js';
import { diskPlatform, diskReader, parseConfigOnce } from '../webconfig/index.js';
import { standardSite } from './place/index.js';
import type { WebConfigFile } from './web-config.js';

/** The configuration of one application, on a server whose own configuration is the installed one, unlocked. */
export interface AppModel {
  readonly model: ConfigModel;
  /** The application's own folder. */
  readonly at: ConfigLocation;
}

/** What the server's own configuration is called in places. */
export const serverFile = 'applicationHost.config';

type Configured = Pick<WebConfigFile, 'file' | 'bytes' | 'document'>;

/**
 * Loads the configuration of the app in a folder. Nothing above the folder is read: what lies there is not what lies above it on the server.
 *
 * @param webConfig Taken for the web.config of the folder, whatever it is called.
 * @throws UserError FOLDER_NAME_UNUSABLE; ConfigError.
 */
export function loadAppModel(directory: string, webConfig: Configured, vdirPath: string): AppModel {
  requireServableFolder(directory);
  // An app at /dante gets a site root that does not exist, so that nothing above it is inherited.
  const emptyRoot = path.join(directory, '.no-site-root');
  const app = { path: vdirPath, physicalPath: directory };
  const applications = vdirPath === '/' ? [app] : [{ path: '/', physicalPath: emptyRoot }, app];
  const applicationHost = applicationHostText({
    sites: [{ name: standardSite, id: 1, bindings: [{ protocol: 'http', information: '*:80:' }], applications }],
    pools: ['DefaultAppPool'],
    unlocked: true,
  });
  const file = path.join(directory, serverFile);
  const reader = readerOf(webConfig);
  const model = loadConfigModel({ file, applicationHost, reader, environment: {}, platform: diskPlatform });
  const [site] = model.sites;
  if (site === undefined) throw new Error('the configuration that was made has a site');
  return { model, at: model.locate(site, vdirPath === '/' ? '/' : `${vdirPath}/`) };
}

function readerOf({ file, bytes, document }: Configured): ConfigReader {
  const own = path.resolve(file);
  const ownDefault = path.join(path.dirname(own), 'web.config');
  return {
    read: (asked) => {
      const name = path.resolve(asked);
      if (name.toLowerCase() === ownDefault.toLowerCase() || name === own) return bytes;
      // Only configSource files of the app.
      if (!name.startsWith(path.dirname(own) + path.sep) || path.basename(name).toLowerCase() === 'web.config') return;
      return diskReader.read(name); // the model says what IIS says of a missing file, and of none
    },
    parse: (read, name) => (read === bytes && document ? document : parseConfigOnce(read, name)),
  };
}
