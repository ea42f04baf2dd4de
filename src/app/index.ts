/** What the commands need to know about an app: read once, passed on. */
export {
  type Assumption,
  assumedDeployment,
  assumedPath,
  assumedSite,
  assumptionLine,
  standardSite,
} from './assumed.js';
export { type PlacedApp, type PlacedBy, pathFromFolder, placeBy, placeOfApp, type WhenUnsaid } from './placement.js';
