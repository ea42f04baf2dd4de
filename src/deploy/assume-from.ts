import type { AssumedFrom } from '../app/index.js';
import { isAzure } from './azure/address.js';
import { isZip } from './targets/file-target.js';

/** What an app's vdir path is assumed from, when nothing names it: a site of its own, and a package of App Service have it at `/`. */
export const assumeFrom = (ownSite: string | undefined, to: string | undefined): AssumedFrom =>
  ownSite === undefined && !isZip(to) && !isAzure(to) ? 'folder name' : 'own site';
