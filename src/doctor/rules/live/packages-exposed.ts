import type { LiveRule } from '../../types.js';
import { afterPage, exposedOf, hidden } from './exposed-of.js';

/** What the app is made of. */
export const packagesExposed: LiveRule = {
  code: 'LIVE_PACKAGES_EXPOSED',
  scope: 'live',
  severity: 'warning',
  title: 'Everybody can read which packages and settings the app has',
  why: 'With the names and versions of packages, visitors know which faults the server has.',
  help: afterPage(
    'package.json, the folder node_modules and iisnode.yml are files like others for IIS. Request filtering hides a name at any depth: <hiddenSegments><add segment="node_modules" /></hiddenSegments>.',
  ),
  check: (facts) => exposedOf(facts, 'packages', (files) => hidden(files, 'first')),
};
