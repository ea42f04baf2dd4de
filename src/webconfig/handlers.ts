import { attribute, type XmlDocument, type XmlElement } from '../xml/index.js';
import { entriesLeft, handlersCollection } from './collections.js';
import { wildcardMatches } from './wildcard.js';

/** An `<add>` of system.webServer/handlers that assigns requests to iisnode. */
export interface IisnodeHandler {
  readonly element: XmlElement;
  readonly name: string;
  /** The patterns of its path: 'server.js', '*.js', 'bin/www'. */
  readonly paths: readonly string[];
  readonly verb: string;
}

/** All iisnode handlers of the web.config's own folder, with any name; those in comments do not count. */
export function iisnodeHandlers(document: XmlDocument): readonly IisnodeHandler[] {
  return entriesLeft(document, handlersCollection)
    .filter((element) => listed(attribute(element, 'modules')).includes('iisnode'))
    .map((element) => ({
      element,
      name: attribute(element, 'name') ?? '',
      paths: listed(attribute(element, 'path')),
      verb: attribute(element, 'verb') ?? '',
    }));
}

/** The handler for requests to the entry point, if there is one. */
export function handlerFor(document: XmlDocument, entry: string): IisnodeHandler | undefined {
  return iisnodeHandlers(document).find(({ paths }) => paths.some((path) => handlerPathMatches(path, entry)));
}

/**
 * Does a handler's path match this URL path? A path without a slash is compared with the last segment in any folder, one with
 * slashes with the end of the URL; case is ignored; `./`, a leading slash and backslashes never match (iis-docs, handlers;
 * tjanczuk/iisnode#280, #338).
 */
export function handlerPathMatches(pattern: string, urlPath: string): boolean {
  if (pattern === '*') return true;
  if (/^\/|^\.{1,2}\/|\\/.test(pattern)) return false;
  const depth = pattern.split('/').length;
  const tail = urlPath.split('/').slice(-depth).join('/');
  return wildcardMatches(pattern.toLowerCase(), tail.toLowerCase());
}

/** The items of a comma-separated list without spaces around them. */
export function listed(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}
