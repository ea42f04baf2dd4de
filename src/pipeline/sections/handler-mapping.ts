import type { ConfigLocation, ConfigModel, EffectiveElement, Origin } from '../../config/index.js';
import { failure, type StageFailure } from './failure.js';
import { matchPathPattern, type Target } from './path-pattern.js';

/** One entry of system.webServer/handlers as plain data. */
export interface HandlerMapping {
  readonly name: string;
  readonly path: string;
  readonly verb: string;
  readonly modules: readonly string[];
  readonly resourceType: string;
  readonly requireAccess: string;
  readonly allowPathInfo: boolean;
  readonly preCondition: readonly string[];
  /** How many bytes of a response are buffered before they are sent; 0: none. */
  readonly responseBufferLimit: number;
  readonly origin: Origin | undefined;
}

/** The effective handlers of one URL path, in the order in which IIS tries them. */
export interface HandlerList {
  readonly mappings: readonly HandlerMapping[];
  readonly accessPolicy: readonly string[];
}

export interface HandlerQuestion {
  /** Decoded URL path after URL Rewrite. */
  readonly path: string;
  readonly verb: string;
  /** The kind of file at a URL path on disk; called only where a mapping depends on it. */
  target(path: string): Target;
  /** The preConditions that are met (`conditionsOf`); by default those of a 64-bit pool in integrated mode. */
  readonly conditions?: ReadonlySet<string>;
}

/** A mapping that did not match the request, and the test that failed. */
export interface PassedOver {
  readonly mapping: HandlerMapping;
  readonly why: 'path' | 'verb' | 'resourceType' | 'preCondition';
  readonly note: string;
}

export interface HandlerChoice {
  readonly mapping: HandlerMapping | undefined;
  /** URL path of the script: the path without path info. */
  readonly script: string;
  readonly pathInfo: string;
  /** Set when the request ends here: 404.4, 403.1-403.3. */
  readonly failure: StageFailure | undefined;
  readonly passedOver: readonly PassedOver[];
}

/** Integrated pipeline, 64 bit, a pool without managed code. */
const usualConditions: ReadonlySet<string> = new Set(['integratedMode', 'bitness64']);

/** 403 sub-status by the access a mapping requires and the policy does not grant. */
const accessDenied: Readonly<Record<string, number>> = { Execute: 1, Script: 1, Read: 2, Write: 3 };

/** Reads system.webServer/handlers at a path. Throws ConfigError as IIS would answer 500.19. */
export function readHandlers(model: ConfigModel, at: ConfigLocation): HandlerList {
  const section = model.effective('system.webServer/handlers', at);
  return { mappings: section.items.map(readMapping), accessPolicy: flags(section, 'accessPolicy') };
}

/**
 * Tries the handlers in effective order; the first whose path, verb, resourceType and preCondition all match gets the request.
 * The others before it are kept with the reason, for `trace`. Never throws.
 */
export function chooseHandler(list: HandlerList, question: HandlerQuestion): HandlerChoice {
  const passedOver: PassedOver[] = [];
  let staticFallback: HandlerMapping | undefined;
  for (const mapping of list.mappings) {
    const match = matchPathPattern(mapping.path, question.path, question.target);
    const reason = match === undefined ? notHere(mapping, question) : refusal(mapping, question, match.script);
    if (match !== undefined && reason === undefined) {
      return { mapping, ...match, failure: accessFailure(mapping, list.accessPolicy), passedOver };
    }
    if (reason === undefined) continue;
    if (reason.why === 'resourceType' && isStatic(mapping)) staticFallback ??= mapping;
    passedOver.push({ mapping, ...reason });
  }
  return withoutMapping(list, question, staticFallback, passedOver);
}

/** A missing file is still handled by StaticFile, which then answers 404.0 or 405.0: IIS's own error page names it as handler. */
function withoutMapping(
  list: HandlerList,
  question: HandlerQuestion,
  fallback: HandlerMapping | undefined,
  passedOver: readonly PassedOver[],
): HandlerChoice {
  const place = { script: question.path, pathInfo: '' };
  if (fallback !== undefined) {
    const others = passedOver.filter(({ mapping }) => mapping !== fallback);
    return { mapping: fallback, ...place, failure: accessFailure(fallback, list.accessPolicy), passedOver: others };
  }
  const none = failure(404, 4, `No handler mapping matches ${question.verb} ${question.path}.`, {
    module: 'IIS Web Core',
    notification: 'MapRequestHandler',
    win32: 2,
    hresult: 0x8007_0002,
  });
  return { mapping: undefined, ...place, failure: none, passedOver };
}

type Refusal = Omit<PassedOver, 'mapping'>;

function notHere(mapping: HandlerMapping, question: HandlerQuestion): Refusal {
  return { why: 'path', note: `path="${mapping.path}" does not match ${question.path}` };
}

function refusal(mapping: HandlerMapping, question: HandlerQuestion, script: string): Refusal | undefined {
  if (!takesVerb(mapping, question.verb)) {
    return { why: 'verb', note: `verb="${mapping.verb}" does not include ${question.verb}` };
  }
  const { conditions = usualConditions } = question;
  const missing = mapping.preCondition.find((condition) => !conditions.has(condition));
  if (missing !== undefined) return { why: 'preCondition', note: `preCondition ${missing} is not met` };
  if (mapping.resourceType === 'Unspecified') return undefined;
  const target = question.target(script);
  const fits =
    target !== 'missing' && (mapping.resourceType === 'Either' || mapping.resourceType.toLowerCase() === target);
  return fits
    ? undefined
    : { why: 'resourceType', note: `resourceType="${mapping.resourceType}", and ${script} is ${target}` };
}

/** Verbs are case-sensitive (IIS_schema.xml: caseSensitive="true"). */
function takesVerb({ verb: list }: HandlerMapping, verb: string): boolean {
  if (list === '*' || list === verb) return true;
  const verbs = list.split(',').map((each) => each.trim());
  return verbs.includes('*') || verbs.includes(verb);
}

function accessFailure(mapping: HandlerMapping, policy: readonly string[]): StageFailure | undefined {
  const subStatus = accessDenied[mapping.requireAccess];
  if (subStatus === undefined || policy.includes(mapping.requireAccess)) return undefined;
  const detail = `Handler "${mapping.name}" requires ${mapping.requireAccess} access; the accessPolicy of handlers is "${policy.join(', ')}".`;
  return failure(403, subStatus, detail, { module: 'IIS Web Core', notification: 'MapRequestHandler' });
}

const isStatic = (mapping: HandlerMapping): boolean => mapping.modules.includes('StaticFileModule');

function readMapping(element: EffectiveElement): HandlerMapping {
  return {
    name: element.string('name'),
    path: element.string('path'),
    verb: element.string('verb'),
    modules: list(element.string('modules')),
    resourceType: element.string('resourceType'),
    requireAccess: element.string('requireAccess'),
    allowPathInfo: element.boolean('allowPathInfo'),
    preCondition: list(element.string('preCondition')),
    responseBufferLimit: element.number('responseBufferLimit'),
    origin: element.origin(),
  };
}

function flags(element: EffectiveElement, attribute: string): readonly string[] {
  const value = element.get(attribute);
  return Array.isArray(value) ? value : list(String(value ?? ''));
}

function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
