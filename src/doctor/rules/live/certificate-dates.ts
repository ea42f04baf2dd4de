import type { LiveFacts, LiveRule, RuleFinding } from '../../types.js';
import { beforeRequests, placeOf, shown, type Transport } from './transport-of.js';

const day = 86_400_000;
const soon = 14;

function findingsOf(transport: Transport, now: number): readonly RuleFinding[] {
  const { tls } = transport;
  if (tls?.certificate === undefined) return [];
  const { validFrom, validTo } = tls.certificate;
  const place = placeOf(transport);
  const days = Math.floor((Date.parse(validTo) - now) / day);
  const fix = 'renew the certificate, and choose the new one in the https binding of the site';
  if (Date.parse(validTo) <= now) return [{ message: `${place}: the certificate has expired (${shown(tls)}).`, fix }];
  if (Date.parse(validFrom) > now) {
    const clock = 'wait for that day, or check the clock of this machine';
    return [{ message: `${place}: the certificate is not valid yet (${shown(tls)}).`, fix: clock }];
  }
  if (days >= soon) return [];
  const left = days === 0 ? 'in less than a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
  return [
    {
      severity: 'warning',
      message: `${place}: the certificate expires ${left} (${shown(tls)}).`,
      why: 'From then on browsers show a warning in place of the page.',
      fix,
    },
  ];
}

/** Its time. */
export const certificateDates: LiveRule = {
  code: 'LIVE_CERTIFICATE_DATES',
  scope: 'live',
  severity: 'error',
  title: 'The certificate has expired, is not valid yet, or expires soon',
  why: 'Browsers show a warning in place of the page; scripts and sockets from other pages fail without one.',
  help: beforeRequests(
    'A certificate is valid from one day to another. One that expires within 14 days is a warning: whatever renews it should have done so. After a renewal the binding of the site must name the new certificate.',
  ),
  check: ({ transports, at }: LiveFacts) => transports.flatMap((each) => findingsOf(each, at)),
};
