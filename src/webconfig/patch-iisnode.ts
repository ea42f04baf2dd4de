import { attribute, setAttributeEdit } from '../xml/index.js';
import { iisnodeXml } from './fragments.js';
import type { PatchStep } from './patch-step.js';
import { insertIntoSection, sectionAt } from './sections.js';
import { needsStickySessions, wantedIisnodeSettings } from './wants.js';

/** The iisnode section, or its missing attributes. An existing value stays, unless a number of processes is asked for. */
export const patchIisnode: PatchStep = (document, wants) => {
  const section = sectionAt(document, 'system.webServer/iisnode');
  if (!section) {
    const processes = wants.processes ?? wants.processesNow;
    return {
      edits: insertIntoSection(
        document,
        'system.webServer',
        iisnodeXml({ ...wants, ...(processes !== undefined && { processes }) }),
      ),
      changes: ['iisnode: added its settings, each with its reason'],
    };
  }
  const written = attribute(section, 'nodeProcessCountPerApplication');
  const processes = wants.processes ?? wants.processesNow ?? (/^\d+$/.test(written ?? '') ? Number(written) : 1);
  const settings = wantedIisnodeSettings({ ...wants, processes });
  const edits = settings.flatMap(({ name, value }) => {
    const before = attribute(section, name);
    const isAsked = name === 'nodeProcessCountPerApplication' && wants.processes !== undefined;
    const isNeeded = name === 'nodeProcessStickySessions' && needsStickySessions(processes, wants.transports);
    if (before?.toLowerCase() === value.toLowerCase() || (before !== undefined && !isAsked && !isNeeded)) return [];
    const change =
      before === undefined ? `iisnode: added ${name}="${value}"` : `iisnode: ${name} is "${value}", was "${before}"`;
    return [{ edits: setAttributeEdit(document, section, name, value), change }];
  });
  if (edits.length === 0) return undefined;
  return { edits: edits.flatMap((one) => one.edits), changes: edits.map(({ change }) => change) };
};
