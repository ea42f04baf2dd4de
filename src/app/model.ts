import path from 'node:path';
import { type ConfigReader, requireServableFolder } from '../config/index.js';
import { diskPlatform, diskReader, type FolderModel, loadFolderModel, parseConfigOnce } from '../webconfig/index.js';
import { serverTextFor } from './place/server-copy.js';
import type { Surroundings } from './surroundings.js';
import type { WebConfigFile } from './web-config.js';

type Configured = Pick<WebConfigFile, 'file' | 'bytes' | 'document'>;

/**
 * Loads the configuration of the app in a folder. Nothing above the folder is read unless `around` says which folders are the site's: those
 * above it are not those on the server.
 *
 * @param webConfig Used as the web.config of the folder, with any file name.
 * @throws UserError FOLDER_NAME_UNUSABLE; ConfigError.
 */
export function loadAppModel(
  directory: string,
  webConfig: Configured,
  vdirPath: string,
  around: Surroundings = {},
): FolderModel {
  requireServableFolder(directory);
  const { apps = [], server } = around;
  const isAlone = server === undefined && apps.length === 0;
  const reader = readerOf(webConfig, isAlone);
  return loadFolderModel({
    directory,
    vdirPath,
    reader: isAlone ? reader : { ...diskReader, ...reader },
    platform: diskPlatform,
    apps,
    server: server && serverTextFor(server, directory),
  });
}

/** @param isAlone No other folder is read. */
function readerOf({ file, bytes, document }: Configured, isAlone: boolean): ConfigReader {
  const own = path.resolve(file);
  const ownDefault = path.join(path.dirname(own), 'web.config');
  return {
    read: (asked) => {
      const name = path.resolve(asked);
      if (name.toLowerCase() === ownDefault.toLowerCase() || name === own) return bytes;
      if (!isAlone) return diskReader.read(name);
      // Only configSource files of the app.
      if (!name.startsWith(path.dirname(own) + path.sep) || path.basename(name).toLowerCase() === 'web.config') return;
      return diskReader.read(name); // the model has IIS's error for a missing file
    },
    parse: (read, name) => (read === bytes && document ? document : parseConfigOnce(read, name)),
  };
}
