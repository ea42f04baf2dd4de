import { isSetAbove } from '../../app/index.js';
import type { Origin } from '../../config/index.js';
import { type PatternShape, patternShape, type RewriteRule, type RuleStep } from '../../rewrite/index.js';
import type { Place } from '../../source/index.js';
import { upTo } from '../../trimmed.js';
import type { FileFacts } from './facts.js';
import type { Address, Journey } from './journey.js';
import { socketUrls } from './socket-route.js';

/** The app's own rules that run, top to bottom; none where one of them makes every request fail, which CONFIG_ERROR reports. */
export function runningRules(facts: FileFacts): readonly RewriteRule[] {
  const { site } = facts;
  if (!site?.rewrite || site.rewriteProblems.length > 0) return [];
  return site.rewrite.rules.filter((rule) => rule.enabled && !isInherited(facts, rule.origin));
}

/** Is this set above the app, in the web.config of another folder or in applicationHost.config? The app's own files cannot change it. */
export const isInherited = ({ webConfig, around }: FileFacts, origin: Origin | undefined): boolean =>
  isSetAbove(webConfig.file, around.server?.file, origin);

/** What happens to a request: 'sent to /index.html'. */
export function endOf({ rewrite, path: end }: Journey): string {
  switch (rewrite.kind) {
    case 'redirect':
      return `redirected to ${rewrite.location}`;
    case 'custom':
      return `answered with ${rewrite.status}`;
    case 'abort':
      return 'cut off';
    case 'proxy':
      return `sent to ${rewrite.url}`;
    default:
      return `sent to ${end}`;
  }
}

/** The position of a rule. */
export function placeOfRule(facts: FileFacts, rule: RewriteRule): { readonly at?: Place } {
  const at = rule.origin && facts.query.placeOf(rule.origin);
  return at ? { at } : {};
}

/** The shape of a rule's pattern; undefined without one. */
export function shapeOf({ match, patternSyntax }: RewriteRule): PatternShape | undefined {
  return match && patternShape(match.url, patternSyntax);
}

/** The rule without its conditions and server variables: does its pattern take a URL? */
export const bare = (rule: RewriteRule): RewriteRule => ({ ...rule, conditions: [], serverVariables: [] });

/** What a rule alone does with a URL of the app (decoded, relative). */
export function stepAlone(facts: FileFacts, rule: RewriteRule, relativeUrl: string): RuleStep | undefined {
  return facts.query.journeyWith([bare(rule)], encoded(relativeUrl), { followed: false })?.rules[0];
}

/** A decoded path as a browser sends it. */
export const encoded = (relativePath: string): string => relativePath.split('/').map(encodeURIComponent).join('/');

/** Does the pattern take this URL of the app (decoded, relative)? */
export function takes(facts: FileFacts, rule: RewriteRule, relativeUrl: string): boolean {
  return stepAlone(facts, rule, relativeUrl)?.verdict === 'applied';
}

/** URLs of every app: its page, a page, a style sheet, socket.io's requests. */
export function commonUrls(facts: FileFacts): readonly string[] {
  return ['', 'some/page', 'css/site.css', ...socketUrls(facts).map((url) => upTo(url, '?'))];
}

/** Does a rule take every URL that reaches it? */
export function takesEverything(facts: FileFacts, rule: RewriteRule): boolean {
  return rule.conditions.length === 0 && commonUrls(facts).every((url) => takes(facts, rule, url));
}

/** Do the rules below not run where this one matches? */
export const endsRun = ({ action, stopProcessing }: RewriteRule): boolean =>
  stopProcessing || !['None', 'Rewrite'].includes(action.type);

/** Hosts for which a rule with conditions on {HTTP_HOST} may fire. */
function hostsFor({ conditions, patternSyntax }: RewriteRule): readonly string[] {
  const named = conditions
    .filter(({ input }) => /\{(HTTP_HOST|SERVER_NAME)\}/i.test(input ?? ''))
    .flatMap(({ pattern }) => patternShape(pattern ?? '', patternSyntax)?.samples ?? [])
    .filter((host) => /^[\w.-]+$/.test(host));
  return ['localhost', 'www.example.com', 'example.com', ...named];
}

/** A request that a redirect answers. */
export interface Redirected {
  readonly journey: Journey;
  readonly location: string;
  readonly address: Address;
}

/** The first of these URLs (as sent, relative) that a redirect, alone and with its conditions, answers at some scheme and host. */
export function redirectedBy(facts: FileFacts, rule: RewriteRule, urls: readonly string[]): Redirected | undefined {
  for (const host of hostsFor(rule)) {
    for (const scheme of ['http', 'https'] as const) {
      const address = { scheme, host };
      for (const url of urls) {
        const journey = facts.query.journeyWith([{ ...rule, serverVariables: [] }], url, { address, followed: false });
        if (journey?.rewrite.kind === 'redirect') return { journey, location: journey.rewrite.location, address };
      }
    }
  }
  return undefined;
}

/** URLs (as sent) for a rule: what its pattern asks for, and those of every app. */
export function urlsFor(facts: FileFacts, rule: RewriteRule): readonly string[] {
  const samples = rule.match?.negate ? [] : (shapeOf(rule)?.samples ?? []);
  return [...samples.map(encoded), ...commonUrls(facts).filter((url) => url !== '')];
}

/** Does the action of a rule, if it applies, end at iisnode? node gets the URL that the client sent, whatever the target adds. */
export function leadsToNode(facts: FileFacts, rule: RewriteRule): boolean {
  if (rule.action.type !== 'Rewrite') return false;
  return facts.query.journeyWith([{ ...bare(rule), match: undefined }], 'some/page')?.isIisnode === true;
}

/** The server variable with which a rule makes an upgrade out of every request that it matches. */
export function upgradeForAll({
  serverVariables,
  conditions,
}: RewriteRule): RewriteRule['serverVariables'][number] | undefined {
  const isForUpgrades = conditions.some(({ input }) =>
    /\{HTTP_(UPGRADE|CONNECTION|SEC_WEBSOCKET_\w+)\}/i.test(input ?? ''),
  );
  if (isForUpgrades) return undefined;
  return serverVariables.find(
    ({ name, value }) => /^HTTP_(UPGRADE|CONNECTION)$/i.test(name) && /^(websocket|upgrade)$/i.test(value),
  );
}
