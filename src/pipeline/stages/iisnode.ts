import type { Stage } from '../stage.js';

/** Requests that a mapping assigns to the iisnode module go to the worker process of the application pool. */
export const iisnode: Stage = {
  name: 'iisnode',
  implements: ['system.webServer/iisnode', 'appSettings'],
  decide: (journey) => (journey.isHandledBy('iisnode') ? { kind: 'iisnode' } : undefined),
};
