import { pathSetting } from '../path-config.js';
import { listingRefused, readDirectoryBrowse } from '../sections/directory.js';
import type { Stage } from '../stage.js';
import { stepAt } from '../step.js';

const browsingAt = pathSetting(({ model, at }) => readDirectoryBrowse(model, at));

/** A folder without a default document: its list if directoryBrowse is enabled, else 403.14 (the default). */
export const directoryListing: Stage = {
  name: 'DirectoryListingModule',
  implements: ['system.webServer/directoryBrowse'],
  decide(journey) {
    const { config } = journey;
    if (!journey.isHandledBy('DirectoryListingModule') || !journey.path.endsWith('/')) return undefined;
    const refused = listingRefused(browsingAt(config));
    journey.note(() =>
      stepAt('directory', {
        input: config.at.physicalPath,
        matched: refused === undefined,
        note: refused?.detail ?? 'the folder is listed',
      }),
    );
    return refused === undefined ? { kind: 'listing' } : { kind: 'error', failure: refused };
  },
};
