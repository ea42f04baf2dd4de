import {
  badModule,
  defaultDocumentCandidates,
  type HandlerChoice,
  listingRefused,
  readDefaultDocuments,
  readDirectoryBrowse,
  readMimeMap,
  staticFileVerdict,
} from '../host/stages/index.js';
import type { Journey } from './journey.js';
import type { TraceOutcome } from './types.js';

/** What the modules of the StaticFile handler do; `child`: a default document starts a child request. */
export function staticStage(journey: Journey, choice: HandlerChoice, base: TraceOutcome): TraceOutcome | 'child' {
  const modules = choice.mapping?.modules ?? [];
  if (modules.includes('StaticFileModule')) {
    const outcome = fileStage(journey, base);
    if (outcome !== undefined) return outcome;
  }
  if (journey.path.endsWith('/')) {
    if (modules.includes('DefaultDocumentModule') && defaultDocumentStage(journey)) return 'child';
    if (modules.includes('DirectoryListingModule')) return directoryStage(journey, base);
  }
  return journey.failed(badModule(choice.mapping, journey.path));
}

function fileStage(journey: Journey, base: TraceOutcome): TraceOutcome | undefined {
  const { physicalPath } = journey.at;
  const { method, path, query } = journey;
  const target = journey.whatStandsAt(path);
  const verdict = staticFileVerdict({ method, path, query, physicalPath, target }, () =>
    readMimeMap(journey.model, journey.at),
  );
  switch (verdict.kind) {
    case 'folder':
      return undefined;
    case 'redirect': {
      const { status, location } = verdict;
      journey.note('static-file', { input: physicalPath, result: location, note: 'a folder: the URL gets its slash' });
      return { kind: 'redirect', status, location, url: journey.url };
    }
    case 'failure':
      journey.note('static-file', { input: physicalPath, note: verdict.failure.detail });
      return journey.failed(verdict.failure);
    case 'file':
      journey.note('static-file', { input: physicalPath, result: verdict.contentType });
      return { ...base, status: 200, script: physicalPath };
  }
}

/** True when a default document was found; the journey stands at it then. */
function defaultDocumentStage(journey: Journey): boolean {
  const documents = readDefaultDocuments(journey.model, journey.at);
  for (const candidate of defaultDocumentCandidates(documents, journey.path)) {
    const found = journey.whatStandsAt(candidate) === 'file';
    journey.note('default-document', { input: candidate, matched: found });
    if (!found) continue;
    journey.freezeUrl();
    journey.moveTo(candidate, journey.query);
    return true;
  }
  if (!documents.enabled)
    journey.note('default-document', { matched: false, note: 'default documents are switched off' });
  return false;
}

function directoryStage(journey: Journey, base: TraceOutcome): TraceOutcome {
  const refused = listingRefused(readDirectoryBrowse(journey.model, journey.at));
  const note = refused?.detail ?? 'the folder is listed';
  journey.note('directory', { input: journey.at.physicalPath, matched: refused === undefined, note });
  if (refused !== undefined) return journey.failed(refused);
  return { ...base, status: 200, script: journey.at.physicalPath };
}
