import { removeAttributeEdit, type XmlElement } from '../../../xml/index.js';
import type { RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';
import { editWebConfig } from '../web-config-edits.js';

/** What iisnode's handler requires of accessPolicy (iis.md, the attributes of a handler mapping). */
export const handlerAccessRefused = defineRule<XmlElement>({
  code: 'HANDLER_ACCESS_REFUSED',
  severity: 'error',
  explains: everythingFails,
  title: 'IIS does not let the handler of node run',
  why: 'IIS compares requireAccess of the handler (by default Script) with accessPolicy of the section handlers (by default Read, Script), and answers every request for the app with 403.1.',
  help: `iisnode needs no more than the default, requireAccess="Script": leave the attribute out. requireAccess="Execute" is for programs that IIS runs as
CGI, and needs accessPolicy="Read, Script, Execute". A section <handlers accessPolicy="Read"> is meant for folders of uploads: scripts do not run
there, so it must not stand where the app is. --fix removes requireAccess.`,
  check(facts) {
    const { site, query } = facts;
    if (!site?.handlers) return [];
    const end = query.journey('');
    if (end?.outcome.kind !== 'error' || !end.isIisnode || end.handler === undefined) return [];
    const { status, subStatus, detail, notification } = end.outcome.failure;
    if (status !== 403 || notification !== 'MapRequestHandler') return [];
    const { origin, requireAccess } = end.handler;
    const isDefault = requireAccess === 'Script';
    const element = isDefault ? undefined : query.ownElement(origin);
    const at = origin && query.placeOf(origin);
    const finding: RuleFinding<XmlElement> = {
      message: `IIS answers ${end.url} with ${status}.${subStatus}: ${detail}`,
      fix: isDefault ? 'accessPolicy="Read, Script" of <handlers>' : 'Leave requireAccess out',
      ...(at && { at }),
      ...(element && { data: element }),
    };
    return [finding];
  },
  fix: (facts, { data }) =>
    data === undefined ? [] : editWebConfig(facts, (document) => removeAttributeEdit(document, data, 'requireAccess')),
});
