import type { ProbeStep } from '../../../../probe/index.js';
import { againstOf } from '../../../seen/against.js';
import type { Cause } from '../../../seen/known-text.js';
import type { LiveFacts, RankedCause } from '../../../types.js';

/** What one failing request of a look at a live site shows. */
export interface Failure {
  readonly step: ProbeStep;
  readonly facts: LiveFacts;
}

/** A cause of a failure at a live site. Each judge gives one clause without a full stop: what was seen. */
export interface LiveCause extends Cause {
  /** What speaks for it; undefined: nothing that was seen. */
  readonly speaks?: (failure: Failure) => string | undefined;
  /** What rules it out, or makes it the least likely. */
  readonly refuted?: (failure: Failure) => string | undefined;
}

/** Causes of one kind of failure. */
export interface LiveCauses {
  /** The likeliest first, where nothing else is known. */
  readonly causes: readonly LiveCause[];
  /** What distinguishes them. */
  readonly apart: string;
}

/** First what the files have, then for what something was seen, then the rest in its order, last what is ruled out. */
export function rankCauses({ causes, apart }: LiveCauses, failure: Failure): RankedCauses {
  const ranked = causes.map((cause) => rankedCause(cause, failure));
  const isFound = ({ rules = [] }: RankedCause): boolean =>
    rules.some((code) => failure.facts.files?.found.has(code) === true);
  const rank = (cause: RankedCause): number =>
    isFound(cause) ? 0 : cause.against !== undefined ? 3 : cause.evidence !== undefined ? 1 : 2;
  return { causes: ranked.toSorted((one, other) => rank(one) - rank(other)), apart };
}

interface RankedCauses {
  readonly causes: readonly RankedCause[];
  readonly apart: string;
}

function rankedCause(cause: LiveCause, failure: Failure): RankedCause {
  const { says, fix, rules = [] } = cause;
  const { files } = failure.facts;
  const place = rules.map((code) => files?.found.get(code)).find((each) => each !== undefined);
  const evidence = place ?? cause.speaks?.(failure);
  const against = place === undefined ? (cause.refuted?.(failure) ?? (files && againstOf(cause, files))) : undefined;
  return {
    says,
    fix,
    ...(rules.length > 0 && { rules }),
    ...(against === undefined ? evidence !== undefined && { evidence } : { against }),
  };
}
