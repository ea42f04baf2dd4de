import { lookup as ask } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

/** Finds the address of a host name, as node's sockets ask for it. */
export type Lookup = LookupFunction;

/** The given IP address for the host of the app, and what DNS says for every other one. */
export const lookupOf =
  (app: URL, address: string): Lookup =>
  (host, options, callback) => {
    if (host !== app.hostname) return ask(host, options, callback);
    const family = isIP(address);
    if (options.all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
