import { literalNames, literalTarget } from '../../app/index.js';
import type { RewriteRule } from '../../rewrite/index.js';
import { attribute, findElements, type XmlElement } from '../../xml/index.js';
import { isInherited } from '../facts/rewrite-rules.js';
import { socketUrls } from '../facts/socket-route.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';
import { handlerXml } from './handler-for-entry-missing.js';
import { everythingFails } from './symptoms.js';
import { editWebConfig, insertInWebServer } from './web-config-edits.js';

const program = /\.(c|m)?js$/i;
/** Scripts for the browser: some sites rewrite to them to serve bundles. */
const browserScript =
  /(^|\/)(public|static|assets|dist|build|js|scripts|client|www|wwwroot|node_modules|vendor|lib)\/|\.min\.js$|(^|\/)socket\.io(\.\w+)*\.js$/i;

interface Unhandled {
  readonly rule: RewriteRule;
  readonly target: string;
}

/** Rules that rewrite to a program without an iisnode handler, by their text and by where requests end. */
function unhandledTargets(facts: FileFacts): Unhandled[] {
  const { site, folder } = facts;
  if (!site) return [];
  const found = new Map<string, Unhandled>();
  const add = (rule: RewriteRule, target: string | undefined): void => {
    if (!target || found.has(`${rule.name}\n${target}`)) return;
    const isProgram = program.test(target) || (!/\.\w+$/.test(target) && folder.isFile(target));
    if (!isProgram || browserScript.test(target) || facts.query.isHandledByIisnode(target) !== false) return;
    found.set(`${rule.name}\n${target}`, { rule, target });
  };
  for (const rule of site.rewrite?.rules ?? []) {
    if (isInherited(facts, rule.origin)) continue;
    if (rule.enabled && rule.action.type === 'Rewrite') add(rule, literalTarget(rule.action.url, site.vdirPath));
  }
  for (const url of [...socketUrls(facts), '', 'some/page']) {
    const end = facts.query.journey(url);
    const last = end?.applied.at(-1);
    if (
      end &&
      last &&
      !isInherited(facts, last.rule.origin) &&
      !end.isIisnode &&
      !literalTarget(actionUrl(last.rule), site.vdirPath)
    )
      add(last.rule, end.target);
  }
  return [...found.values()];
}

const actionUrl = (rule: RewriteRule): string => (rule.action.type === 'Rewrite' ? rule.action.url : '{}');

/** A name that no handler of the site uses. */
function freeName(facts: FileFacts, target: string): string {
  const names = new Set((facts.site?.handlers?.mappings ?? []).map(({ name }) => name));
  const stem = target.replace(/^.*\//, '').replace(/\.\w+$/, '');
  const candidates = ['iisnode', `iisnode-${stem}`, `iisnode-${target.replaceAll('/', '-')}`];
  return candidates.find((name) => !names.has(name)) ?? `iisnode-${names.size}`;
}

/** The handlers of the <location> of a program, or of a folder that it is in. */
function locationWithHandlers({ webConfig }: FileFacts, target: string): XmlElement | undefined {
  const name = target.toLowerCase();
  const { document } = webConfig;
  return (document === undefined ? [] : findElements(document.root, 'location'))
    .filter((location) => {
      const path = (attribute(location, 'path') ?? '').toLowerCase().replace(/\/$/, '');
      return path !== '' && path !== '.' && (name === path || name.startsWith(`${path}/`));
    })
    .flatMap((location) => findElements(location, 'system.webServer/handlers'))[0];
}

/** A rule rewrites to a program that no handler maps to iisnode. */
export const rewriteTargetUnhandled = defineRule<Unhandled>({
  code: 'REWRITE_TARGET_UNHANDLED',
  severity: 'error',
  explains: everythingFails,
  title: 'A rewrite rule leads to a program that has no handler',
  why: "After the rewrite IIS looks for a handler for the new URL; without one for iisnode it sends the program's source as text, or answers 404.",
  help: `The URL a rule rewrites to and the path of an iisnode handler must be the same text. url="server.js" needs
<add name="iisnode" path="server.js" verb="*" modules="iisnode" />; url="bin/www" needs path="bin/www". A leading slash in the
action leaves an app in a virtual directory. --fix adds a handler when the program exists.`,
  check(facts) {
    if (!facts.site || facts.site.iisnodeHandlers.length === 0) return [];
    const handled = facts.site.iisnodeHandlers.flatMap(({ path }) => path.split(',').map((part) => part.trim()));
    // A handler whose path never matches is reported by HANDLER_FOR_ENTRY_MISSING.
    const broken = handled
      .filter((path) => /\\|^\.{0,2}\//.test(path))
      .flatMap(literalNames)
      .map((name) => name.replace(/^(\.\.\/)+/, ''));
    return unhandledTargets(facts)
      .filter(({ target }) => !broken.includes(target))
      .map((unhandled) => {
        const { rule, target } = unhandled;
        const at = rule.origin && facts.query.placeOf(rule.origin);
        const taken = handled.includes(target) ? locationWithHandlers(facts, target) : undefined;
        if (taken !== undefined)
          return {
            message: `The handlers in the <location> of ${target} take it from iisnode.`,
            fix: `<add name="iisnode" path="${target}" verb="*" modules="iisnode" /> there, or no <handlers> in it`,
            at: facts.query.place(taken),
          };
        return {
          message: `Rule "${rule.name}" rewrites to ${target}, but iisnode has handlers only for ${handled.join(', ')}.`,
          fix: `path="${target}" in an iisnode handler, or url="${handled[0]}" in the rule.`,
          ...(at && { at }),
          data: unhandled,
        };
      });
  },
  fix(facts, { data }) {
    if (!data || !facts.folder.isFile(data.target)) return [];
    const xml = handlerXml(freeName(facts, data.target), data.target);
    return editWebConfig(facts, (doc) => insertInWebServer(doc, ['handlers'], xml));
  },
});
