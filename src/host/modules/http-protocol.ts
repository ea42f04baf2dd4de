import type { PipelineModule } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { requestFilteringAt } from './request-filtering.js';

interface HttpProtocol {
  readonly allowKeepAlive: boolean;
  /** Flat name, value list. */
  readonly headers: readonly string[];
}

/** Flat name, value list. */
export const serverHeader: readonly string[] = ['Server', 'Microsoft-IIS/10.0'];

const protocolAt = pathSetting((config): HttpProtocol => {
  const section = config.model.effective('system.webServer/httpProtocol', config.at);
  const custom = section.child('customHeaders').items.flatMap((item) => [item.string('name'), item.string('value')]);
  // removeServerHeader is honoured since Windows Server 2019.
  const server = requestFilteringAt(config).removeServerHeader ? [] : serverHeader;
  return {
    allowKeepAlive: section.boolean('allowKeepAlive'),
    headers: [...server, ...custom],
  };
});

/** `Server` and the custom headers of httpProtocol, on every answer, node's included. */
export const httpProtocol: PipelineModule = {
  name: 'CustomHeaders',
  implements: ['system.webServer/httpProtocol'],
  check: protocolAt,
  onRequest({ response, config }) {
    const protocol = protocolAt(config);
    response.extraHeaders = protocol.headers;
    if (!protocol.allowKeepAlive) response.shouldKeepAlive = false;
    return 'next';
  },
};
