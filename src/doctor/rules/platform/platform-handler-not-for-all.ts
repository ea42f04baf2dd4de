import { upTo } from '../../../trimmed.js';
import { attribute, setAttributeEdit, type XmlElement } from '../../../xml/index.js';
import { httpPlatformOf } from '../../facts/http-platform.js';
import { socketUrls } from '../../facts/socket-route.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';
import { editWebConfig } from '../web-config-edits.js';

interface FixData {
  readonly element: XmlElement;
  readonly name: 'path' | 'resourceType';
  readonly value: string;
}

const isPlatform = (modules: readonly string[]): boolean => modules.some((name) => /^httpPlatformHandler$/i.test(name));

/** What keeps the mapping from URLs that are no files, and the value that does not. */
function narrow(mapping: {
  readonly path: string;
  readonly resourceType: string;
}): Omit<FixData, 'element'> | undefined {
  if (mapping.resourceType !== 'Unspecified') return { name: 'resourceType', value: 'Unspecified' };
  return mapping.path === '*' ? undefined : { name: 'path', value: '*' };
}

/** socket.io's URLs, as they are requested. */
function firstLost(facts: FileFacts): string | undefined {
  return socketUrls(facts).find((url) => {
    const end = facts.query.journey(url);
    return end?.handler !== undefined && !isPlatform(end.handler.modules);
  });
}

/** The mapping of HttpPlatformHandler does not take socket.io's URLs (httpplatformhandler.md 0.1 and 2). */
export const platformHandlerNotForAll = defineRule<FixData>({
  code: 'PLATFORM_HANDLER_NOT_FOR_ALL',
  severity: 'error',
  explains: everythingFails,
  title: "The handler of HttpPlatformHandler does not get socket.io's requests",
  why: "Requests for /socket.io/ end at IIS's own handler for files, which answers 404: no client connects.",
  help: `HttpPlatformHandler gets what its handler names, and needs no rewrite rules: <add name="httpPlatformHandler" path="*" verb="*"
modules="httpPlatformHandler" resourceType="Unspecified" />. With path="server.js", as for iisnode, it gets the URL /server.js alone; with
resourceType="File" or "Either" it gets URLs of files and folders that exist, and socket.io's URLs are no files. --fix changes the attribute.`,
  check(facts) {
    const platform = httpPlatformOf(facts);
    const mapping = facts.site?.handlers?.mappings.find(({ modules }) => isPlatform(modules));
    const cause = mapping && narrow(mapping);
    const url = cause && firstLost(facts);
    if (platform === undefined || mapping === undefined || cause === undefined || url === undefined) return [];
    const at = mapping.origin && facts.query.placeOf(mapping.origin);
    const element = facts.query.ownElement(mapping.origin);
    const has = cause.name === 'path' ? mapping.path : mapping.resourceType;
    return [
      {
        message: `The handler has ${cause.name}="${has}", so it does not get /${upTo(url, '?')}.`,
        fix: `${cause.name}="${cause.value}"`,
        ...(at && { at }),
        ...(element && attribute(element, cause.name) !== undefined && { data: { element, ...cause } }),
      },
    ];
  },
  fix: (facts, { data }) =>
    data ? editWebConfig(facts, (doc) => setAttributeEdit(doc, data.element, data.name, data.value)) : [],
});
