import {
  chooseHandler,
  conditionsOf,
  type HandlerChoice,
  readHandlers,
  readHttpRedirect,
  redirectFor,
} from '../host/stages/index.js';
import type { Journey } from './journey.js';
import type { TraceOutcome } from './types.js';

/** system.webServer/httpRedirect, behind URL Rewrite. */
export function httpRedirectStage(journey: Journey): TraceOutcome | undefined {
  const settings = readHttpRedirect(journey.model, journey.at);
  const redirect = redirectFor(settings, {
    path: journey.path,
    query: journey.query,
    target: (path) => journey.whatStandsAt(path),
  });
  if (redirect === undefined) return undefined;
  journey.note('http-redirect', { matched: true, result: redirect.location }, settings.origin);
  return { kind: 'redirect', ...redirect, url: journey.url };
}

/** The handler mapping that takes the URL, and those passed over with the reason. */
export function handlerStage(journey: Journey): HandlerChoice {
  const { path, method } = journey;
  const choice = chooseHandler(readHandlers(journey.model, journey.at), {
    path,
    verb: method,
    target: (urlPath) => journey.whatStandsAt(urlPath),
    conditions: conditionsOf(journey.model, journey.at.application),
  });
  for (const { mapping, note } of choice.passedOver) {
    const said = { rule: mapping.name, matched: false, input: path, pattern: mapping.path, note };
    journey.note('handler', said, mapping.origin);
  }
  const { mapping, failure } = choice;
  if (mapping === undefined) {
    journey.note('handler', { matched: false, input: path, note: failure?.detail ?? 'no handler mapping takes it' });
  } else {
    const result = `${mapping.modules.join(', ')} at ${choice.script}${choice.pathInfo}`;
    const note = failure === undefined ? {} : { note: failure.detail };
    journey.note(
      'handler',
      { rule: mapping.name, matched: true, input: path, pattern: mapping.path, result, ...note },
      mapping.origin,
    );
  }
  return choice;
}
