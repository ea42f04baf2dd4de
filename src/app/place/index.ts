/** The app's vdir path, and assumed values: for commands that read nothing else of the app. */
export {
  type Assumption,
  assumedDeployment,
  assumptionLine,
  assumptionsOf,
  standardSite,
} from './assumed.js';
export { parseApps } from './parse-apps.js';
export { type AssumedFrom, type PlacedApp, pathFromFolder, placeBy, placeOfApp } from './placement.js';
export { type ServerCopy, serverTextFor } from './server-copy.js';
