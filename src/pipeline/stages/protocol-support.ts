import type { Stage } from '../stage.js';

/** The OPTIONSVerbHandler and TRACEVerbHandler mappings of a new IIS installation. */
export const protocolSupport: Stage = {
  name: 'ProtocolSupportModule',
  implements: [],
  decide: (journey) => (journey.isHandledBy('ProtocolSupportModule') ? { kind: 'protocol-support' } : undefined),
};
