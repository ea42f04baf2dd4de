import type { OptionNames } from '../known-options.js';
import type { DeployOptions } from './types.js';

/** Every option of deploy, for callers that are not checked by the compiler. */
export const deployOptionNames: OptionNames<DeployOptions> = {
  directory: true,
  path: true,
  environment: true,
  signal: true,
  to: true,
  site: true,
  newSite: true,
  binding: true,
  certificate: true,
  force: true,
  pool: true,
  entry: true,
  port: true,
  dryRun: true,
  build: true,
  verify: true,
  expect: true,
  appcmd: true,
  releases: true,
  releasesDirectory: true,
  serverPath: true,
  installIisnode: true,
  installRewrite: true,
  inPlace: true,
  installOnServer: true,
  timeLimit: true,
};
