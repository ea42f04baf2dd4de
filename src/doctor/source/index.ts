/** Reading an app's own sources: servers, clients, pages, routes; of TypeScript and JSX what can be read. */
export { isAdapterPackage } from './adapter-package.js';
export { isBuildProduct } from './build-product.js';
export { type AppFolder, readFolder } from './folder.js';
export type { Listen } from './listens.js';
export { readOtherScripts } from './other-scripts.js';
export { type PageFacts, readPages } from './pages.js';
export { furtherRoutes, mountedApp, type Route, unplacedRoutes } from './routes.js';
export { readServerSources, type ServerScript } from './server-sources.js';
export { clientTarget, readSocketClients, type SocketClient } from './socket-client.js';
export type { OptionRead, SocketOptions } from './socket-options.js';
export type { SocketServer } from './socket-server.js';
export { startedScript } from './start-script.js';
export type { Place } from './text-file.js';
export { setsTransportsLater } from './transports-set-later.js';
