import type { ConfigModel } from '../../config/index.js';
import { failure, type StageFailure } from './failure.js';

/** The proxy of Application Request Routing, for a server. */
export interface ProxySettings {
  /** How long the other server may be silent, in ms; 0: without limit. */
  readonly timeout: number;
  readonly preserveHostHeader: boolean;
  readonly reverseRewriteHost: boolean;
  /** X-Powered-By: ARR/3.0 in answers. */
  readonly showsItself: boolean;
  /** Names of request headers; '' for none. */
  readonly forwardedFor: string;
  readonly forwardsPort: boolean;
  readonly tlsHeader: string;
  readonly logIdHeader: string;
}

/** Where a rule sends a request: to a server on this machine. */
export interface ProxyTarget {
  readonly url: URL;
  readonly settings: ProxySettings;
}

const section = 'system.webServer/proxy';
const module = 'ApplicationRequestRouting';

/** The proxy's settings; why there is none otherwise. Throws ConfigError. */
function readProxy(model: ConfigModel): ProxySettings | string {
  if (!model.isDeclared(section)) return 'Application Request Routing is not installed';
  const proxy = model.server(section);
  if (!proxy.boolean('enabled'))
    return 'the proxy of Application Request Routing is switched off (appcmd set config -section:system.webServer/proxy /enabled:true /commit:apphost)';
  return {
    timeout: proxy.number('timeout'),
    preserveHostHeader: proxy.boolean('preserveHostHeader'),
    reverseRewriteHost: proxy.boolean('reverseRewriteHostInResponseHeaders'),
    showsItself: proxy.boolean('arrResponseHeader'),
    forwardedFor: proxy.string('xForwardedForHeaderName'),
    forwardsPort: proxy.boolean('includePortInXForwardedFor'),
    tlsHeader: proxy.string('sslHeaderName'),
    logIdHeader: proxy.string('logGuidName'),
  };
}

/**
 * What becomes of a request that a rule rewrites to another server. Without the proxy IIS looks for it in its own folders and usually answers
 * 404 (url-rewrite.md 6.8). The embedded IIS asks servers of this machine alone: a configuration must not make it ask others.
 *
 * @param forwards The request's Max-Forwards: how many proxies it may still pass. (unconfirmed) ARR is known to send it, and to count with it.
 */
export function proxyTarget(model: ConfigModel, to: string, forwards: string | undefined): ProxyTarget | StageFailure {
  const settings = readProxy(model);
  if (typeof settings === 'string') {
    const detail = `A rule rewrites to ${to}, and ${settings}: IIS looks for it in its own folders.`;
    return failure(404, 4, detail, { module: 'RewriteModule', notification: 'MapRequestHandler' });
  }
  const answer = (status: number, subStatus: number, detail: string): StageFailure =>
    failure(status, subStatus, detail, { module, notification: 'ExecuteRequestHandler' });
  const url = URL.canParse(to) ? new URL(to) : undefined;
  if (url === undefined) return answer(502, 3, 'A rule rewrites to a URL that is not valid.');
  if (!isOfThisMachine(url.hostname)) {
    // A name without a dot may be a farm's.
    const farm = /^[^.:]+$/.test(url.hostname)
      ? '; of a server farm (webFarms) each of its servers in turn, which is not emulated'
      : '';
    const detail = `A rule rewrites to ${url.host}: the embedded IIS asks servers of this machine alone (127.0.0.1, ::1 and localhost), a real IIS asks that one${farm}.`;
    return answer(502, 3, detail);
  }
  if (/^0+$/.test(forwards?.trim() ?? ''))
    return answer(
      400,
      605,
      `The request went through too many proxies: does the rule lead to ${url.host}, and that back to it?`,
    );
  return { url, settings };
}

const isOfThisMachine = (name: string): boolean =>
  name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
