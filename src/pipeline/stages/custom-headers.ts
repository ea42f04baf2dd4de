import { pathSetting } from '../path-config.js';
import { headerText, isHeaderName } from '../sections/index.js';
import type { Stage } from '../stage.js';
import { requestFilteringAt } from './request-filtering.js';

interface HttpProtocol {
  readonly allowKeepAlive: boolean;
  /** Flat name, value list. */
  readonly headers: readonly string[];
}

/** Flat name, value list. */
export const serverHeader: readonly string[] = ['Server', 'Microsoft-IIS/10.0'];

/** system.webServer/httpProtocol: the headers of every answer at a path. Throws ConfigError. */
export const httpProtocolAt = pathSetting((config): HttpProtocol => {
  const section = config.model.effective('system.webServer/httpProtocol', config.at);
  // (unconfirmed) An invalid header name is left out; the answer is still sent.
  const custom = section
    .child('customHeaders')
    .items.map((item) => [item.string('name'), headerText(item.string('value'))] as const)
    .filter(([name]) => isHeaderName(name))
    .flat();
  // removeServerHeader works since Windows Server 2019.
  const server = requestFilteringAt(config).removeServerHeader ? [] : serverHeader;
  return {
    allowKeepAlive: section.boolean('allowKeepAlive'),
    headers: [...server, ...custom],
  };
});

/** `Server` and the custom headers of httpProtocol, on every answer, including node's. */
export const customHeaders: Stage = {
  name: 'CustomHeaders',
  implements: ['system.webServer/httpProtocol'],
  check: httpProtocolAt,
  decide({ config }) {
    httpProtocolAt(config);
    return undefined;
  },
};
