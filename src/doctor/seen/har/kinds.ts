import type { Exchange } from './read-har.js';

/** A parameter of the query. */
export const param = ({ url }: Exchange, name: string): string | null => url.searchParams.get(name);

/** The client script of socket.io. */
export const isClientScript = ({ url }: Exchange): boolean =>
  /socket\.io(?:\.[a-z]{2,8}){0,3}\.js$/i.test(url.pathname);
/** A request of engine.io. */
export const isEngine = (exchange: Exchange): boolean =>
  !isClientScript(exchange) && param(exchange, 'EIO') !== null && param(exchange, 'transport') !== null;
export const isUpgrade = (exchange: Exchange): boolean =>
  /^wss?:$/.test(exchange.url.protocol) ||
  exchange.type === 'websocket' ||
  (isEngine(exchange) && param(exchange, 'transport') === 'websocket');
export const isPoll = (exchange: Exchange): boolean => isEngine(exchange) && !isUpgrade(exchange);

/** The page of the recording: the first document that is not a redirect. */
export function pageOf(exchanges: readonly Exchange[]): Exchange | undefined {
  const documents = exchanges.filter(
    (exchange) =>
      exchange.type === 'document' || (exchange.type === '' && exchange.mime === 'text/html' && !isEngine(exchange)),
  );
  return documents.find(({ status }) => status < 300 || status >= 400) ?? documents[0];
}
