import { withoutEnd } from '../trimmed.js';
import { iisnodeSock } from '../typed-command.js';
import type { Explanation } from './explain.js';
import type { ProbeAnswer } from './visitor.js';

/** A service that a page's clients connect to in place of the app: Azure Web PubSub for Socket.IO. */
export interface Service {
  readonly endpoint: URL;
  /** socket.io's path there, without a slash at its end. */
  readonly path: string;
  /** It is still what init wrote as an example. */
  readonly isExample: boolean;
}

const value = (tag: string, name: string): string =>
  (new RegExp(`\\s${name}\\s*=\\s*(["'])(.*?)\\1`, 'i').exec(tag)?.[2] ?? '').replaceAll('&amp;', '&');

/** The service that a page of our templates names: data-adapter="azure" data-endpoint="https://..." data-path="/...". */
export function serviceOf({ body }: ProbeAnswer): Service | undefined {
  const tag = /<\w+\b[^<>]*\sdata-adapter\s*=\s*["']azure["'][^<>]*>/i.exec(body)?.[0] ?? '';
  const [address, path] = [value(tag, 'data-endpoint'), value(tag, 'data-path')];
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  const endpoint = new URL(address);
  return {
    endpoint,
    path: withoutEnd(path || '/socket.io', '/'),
    isExample: endpoint.hostname === 'name.webpubsub.azure.com',
  };
}

/** Does the app's own path say that clients are to go to the service? (web-pubsub-socket.io 1.2, FORBIDDEN_REQUEST_MESSAGE) */
export const leavesToService = ({ status, body }: ProbeAnswer): boolean =>
  status === 403 && /path is removed by Web PubSub for Socket\.IO/i.test(body);

const symptom = 'service';
const keys = 'the one of the Keys page of the service';

/** The example that init wrote is still there. */
export const exampleService: Explanation = {
  why: 'web.config still has the example connection string: there is no such service',
  next: `write into WEB_PUBSUB_CONNECTION_STRING in web.config ${keys}`,
  symptom,
};

/**
 * Why the service does not serve the clients.
 * @param status What it answered; undefined when nothing came, for the reason `why`.
 */
export function explainService({ endpoint }: Service, status: number | undefined, why: string): Explanation {
  const refused = status === 200 ? 'answers, but not as socket.io does' : `refuses clients: it answers ${status}`;
  return {
    why: `the service at ${endpoint.origin} ${status === undefined ? `does not answer: ${why}` : refused}`,
    next: `is WEB_PUBSUB_CONNECTION_STRING in web.config ${keys}? ${iisnodeSock} logs shows whether the app is connected with it`,
    symptom,
  };
}
