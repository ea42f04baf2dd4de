/** What the commands assume of an app: read once, handed down. */
export { type PlacedApp, placeOfServedApp, placeOfTracedApp } from './placement.js';
