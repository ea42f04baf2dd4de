/** The package manager of an app and its command lines: for what reads nothing else of the app. */
export { isInstalledApp, managerCommand, packageManagerOf } from './package-manager.js';
