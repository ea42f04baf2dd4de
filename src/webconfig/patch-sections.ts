import { attribute, setAttributeEdit } from '../xml/index.js';
import {
  hiddenSegmentsComment,
  hiddenSegmentXml,
  httpErrorsComment,
  httpErrorsXml,
  webSocketComment,
  webSocketXml,
} from './fragments.js';
import { hasProxyRules } from './other-hosts.js';
import { leavesFilesToIis } from './patch-everything.js';
import type { PatchStep } from './patch-step.js';
import { insertIntoSection, sectionAt, sectionsAt } from './sections.js';
import { hiddenSegmentsOf } from './wants.js';

/** Disables IIS's own WebSocket module. */
export const patchWebSocket: PatchStep = (document) => {
  // A rule that sends WebSockets to another server needs the module of IIS.
  if (hasProxyRules(document)) return undefined;
  const present = sectionsAt(document, 'system.webServer/webSocket');
  const enabled = present.find((element) => attribute(element, 'enabled')?.toLowerCase() !== 'false');
  if (enabled) {
    return {
      edits: setAttributeEdit(document, enabled, 'enabled', 'false'),
      changes: ["webSocket: disabled, so that iisnode gets the upgrades and not IIS's own module"],
    };
  }
  if (present.length > 0) return undefined;
  return {
    edits: insertIntoSection(document, 'system.webServer', `${webSocketComment}\n${webSocketXml}`),
    changes: ["webSocket: added, disabled, so that iisnode gets the upgrades and not IIS's own module"],
  };
};

/** If the file's own rules leave files to IIS: hides node_modules, the log folder and the package files. */
export const patchHiddenSegments: PatchStep = (document, wants) => {
  if (!leavesFilesToIis(document, wants)) return undefined;
  const path = 'system.webServer/security/requestFiltering/hiddenSegments';
  const iisnode = sectionAt(document, 'system.webServer/iisnode');
  const logs = (iisnode && attribute(iisnode, 'logDirectory')) ?? undefined;
  // A segment that is removed and not added again should stay visible.
  const known = sectionsAt(document, path).flatMap((section) =>
    section.children.map((element) => attribute(element, 'segment')?.toLowerCase()),
  );
  // A log folder with more than one segment, or outside of the site, cannot be hidden as a segment.
  const folder = logs !== undefined && /^[\w. -]+$/.test(logs) ? logs : undefined;
  const missing = hiddenSegmentsOf(wants, folder).filter((segment) => !known.includes(segment.toLowerCase()));
  if (missing.length === 0) return undefined;
  const xml = missing.map(hiddenSegmentXml).join('\n');
  return {
    edits: insertIntoSection(document, path, sectionAt(document, path) ? xml : `${hiddenSegmentsComment}\n${xml}`),
    changes: [`hiddenSegments: hidden from the web: ${missing.join(', ')}`],
  };
};

/** Only if httpErrors is not set: a site may have its own error pages. */
export const patchHttpErrors: PatchStep = (document) => {
  if (sectionAt(document, 'system.webServer/httpErrors')) return undefined;
  return {
    edits: insertIntoSection(document, 'system.webServer', `${httpErrorsComment}\n${httpErrorsXml}`),
    changes: ["httpErrors: added, so that socket.io's error answers reach the client"],
  };
};
