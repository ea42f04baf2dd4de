/** The live page of `serve --inspect`: requests with their way, sockets, processes, settings and findings as they are now. */
export { startInspector } from './start-inspector.js';
export type { FindingShown, Inspector, OutputSeen, Overview } from './types.js';
