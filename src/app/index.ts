/** What the commands assume of an app: read once, handed down. */
export {
  type Assumption,
  assumedDeployment,
  assumedPath,
  assumedSite,
  assumptionLine,
  standardSite,
} from './assumed.js';
export { type PlacedApp, type PlacedBy, pathFromFolder, placeBy, placeOfApp, type WhenUnsaid } from './placement.js';
