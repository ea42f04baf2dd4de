import { pathSetting } from '../path-config.js';
import {
  type DefaultDocuments,
  defaultDocumentCandidates,
  readDefaultDocuments,
} from '../sections/default-document.js';
import type { Stage } from '../stage.js';
import { type Step, stepAt } from '../step.js';

const documentsAt = pathSetting(({ model, at }) => readDefaultDocuments(model, at));

/** The first default document that exists is run as a child request: its own handler is chosen, so it may be iisnode's script. */
export const defaultDocument: Stage = {
  name: 'DefaultDocumentModule',
  implements: ['system.webServer/defaultDocument'],
  decide(journey) {
    const { path } = journey;
    if (!journey.isHandledBy('DefaultDocumentModule') || !path.endsWith('/')) return undefined;
    const documents = documentsAt(journey.config);
    const candidates = defaultDocumentCandidates(documents, path);
    const found = candidates.find((candidate) => journey.targetAt(candidate) === 'file');
    journey.note(() => documentSteps(documents, candidates, found));
    if (found === undefined) return undefined;
    journey.moveToChild(found, journey.query);
    return 'child';
  },
};

/** The candidates up to the first that exists. */
function documentSteps(
  { enabled }: DefaultDocuments,
  candidates: readonly string[],
  found: string | undefined,
): readonly Step[] {
  if (!enabled) return [stepAt('default-document', { matched: false, note: 'default documents are disabled' })];
  const tried = found === undefined ? candidates : candidates.slice(0, candidates.indexOf(found) + 1);
  return tried.map((input) => stepAt('default-document', { input, matched: input === found }));
}
