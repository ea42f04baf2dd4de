import type { InFront } from '../../../probe/index.js';

/** What closes a connection without traffic, and after how many ms. */
export interface IdleLimit {
  readonly who: string;
  readonly ms: number;
}

/**
 * Limits that are in force unless they are set: nginx proxy_read_timeout 60s (its documentation); Cloudflare 100 s for an answer
 * (its documentation, error 524); ARR's proxy timeout 00:02:00 (httpplatformhandler.md 10); Azure's front 230 s (iis.md 4.10).
 */
const limits: Readonly<Partial<Record<InFront, IdleLimit>>> = {
  nginx: { who: 'nginx (its header Server)', ms: 60_000 },
  cloudflare: { who: 'Cloudflare (its headers)', ms: 100_000 },
  arr: { who: 'ARR (X-Powered-By)', ms: 120_000 },
  azure: { who: "Azure's front end (its cookie or headers)", ms: 230_000 },
};

/** Load balancers close an idle connection after about 4 minutes (symptoms.md S59). */
const usual: IdleLimit = { who: 'what is in front (load balancers usually)', ms: 240_000 };

/** The shortest of what is known to be in front. */
export function idleLimitOf(inFront: readonly InFront[]): IdleLimit {
  const known = inFront.flatMap((name) => limits[name] ?? []);
  return known.reduce((one, other) => (other.ms < one.ms ? other : one), usual);
}
