import type { Stage } from '../stage.js';

/** The iisnode module of the application pool's worker process gets what a mapping gives it. */
export const iisnode: Stage = {
  name: 'iisnode',
  implements: ['system.webServer/iisnode', 'appSettings'],
  decide: (journey) => (journey.isHandledBy('iisnode') ? { kind: 'iisnode' } : undefined),
};
