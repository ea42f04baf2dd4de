export { type BuildOptions, npmBuild } from './build.js';
export { npmInstall } from './install.js';
export { npmScript } from './program.js';
