/** Where an app sits, and what is assumed of it: for commands that read nothing else of it. */
export {
  type Assumption,
  assumedDeployment,
  assumedEntry,
  assumedPath,
  assumedSite,
  assumptionLine,
  standardSite,
} from './assumed.js';
export { type PlacedApp, type PlacedBy, pathFromFolder, placeBy, placeOfApp, type WhenUnsaid } from './placement.js';
