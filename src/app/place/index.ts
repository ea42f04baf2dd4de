/** The app's vdir path, and assumed values: for commands that read nothing else of the app. */
export {
  type Assumption,
  assumedDeployment,
  assumedEntry,
  assumedPath,
  assumedSite,
  assumptionLine,
  standardSite,
} from './assumed.js';
export { type PlacedApp, pathFromFolder, placeBy, placeOfApp, type WhenUnsaid } from './placement.js';
