export { type BuildOptions, type BuildTalk, npmBuild } from './build.js';
export { npmInstall } from './install.js';
export { npmScript } from './program.js';
