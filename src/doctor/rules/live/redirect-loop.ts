import type { LiveRule } from '../../types.js';

/** A circle of redirects. */
export const redirectLoop: LiveRule = {
  code: 'LIVE_REDIRECT_LOOP',
  scope: 'live',
  severity: 'error',
  title: 'Redirects lead in a circle, or do not end',
  why: 'Browsers say ERR_TOO_MANY_REDIRECTS.',
  help: 'The doctor follows five redirects, on the same host and with the cookies that it gets. Usual causes: TLS ends at a proxy or load balancer, the site behind it sees http and redirects to https each time (test {HTTP_X_FORWARDED_PROTO} in the rule, not {HTTPS}); or two rules undo what the other does (a slash at the end, www, lower case).',
  check: ({ probe }) => {
    const [first, ...others] = probe.steps.filter(({ ok, symptom }) => !ok && symptom === 'redirect-loop');
    if (first === undefined) return [];
    const { title, url, why = '', next } = first;
    const more = others.length === 0 ? '' : `; ${others.map((each) => each.title).join(', ')} as well`;
    return [{ message: `${title} at ${url}: ${why}${more}.`, ...(next !== undefined && { fix: next }) }];
  },
};
