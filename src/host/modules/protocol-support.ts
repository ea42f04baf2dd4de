import type { PipelineModule } from '../pipeline/module.js';
import { handledBy } from './handler-mapping.js';

/** The OPTIONSVerbHandler and TRACEVerbHandler mappings of a fresh IIS. */
export const protocolSupport: PipelineModule = {
  name: 'ProtocolSupportModule',
  implements: [],
  onRequest(context) {
    if (!handledBy(context, 'ProtocolSupportModule')) return 'next';
    const { response, incoming } = context;
    if (incoming.method === 'TRACE') {
      // TRACE is switched off in a fresh IIS (serverRuntime's enableTrace is unset): 501.
      response.writeHead(501, { 'Content-Length': 0 }).end();
      return 'handled';
    }
    response.writeHead(200, {
      Allow: 'OPTIONS, TRACE, GET, HEAD, POST',
      Public: 'OPTIONS, TRACE, GET, HEAD, POST',
      'Content-Length': 0,
    });
    response.end();
    return 'handled';
  },
};
