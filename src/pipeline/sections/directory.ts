import type { ConfigLocation, ConfigModel } from '../../config/index.js';
import { failure, type StageFailure } from './failure.js';

/** Reads system.webServer/directoryBrowse at a path: may folders be listed? Throws ConfigError. */
export function readDirectoryBrowse(model: ConfigModel, at: ConfigLocation): boolean {
  return model.effective('system.webServer/directoryBrowse', at).boolean('enabled');
}

/** 403.14 for a folder that has no default document and must not be listed (the default); undefined: it is listed. */
export function listingRefused(browseEnabled: boolean): StageFailure | undefined {
  if (browseEnabled) return undefined;
  const detail = 'The folder has no default document, and directoryBrowse is not enabled.';
  return failure(403, 14, detail, { module: 'DirectoryListingModule' });
}
