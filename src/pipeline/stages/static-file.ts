import { pathSetting } from '../path-config.js';
import { readMimeMap } from '../sections/mime-map.js';
import { staticFileVerdict } from '../sections/static-file.js';
import type { Stage } from '../stage.js';
import { stepAt } from '../step.js';

const mimeMapAt = pathSetting(({ model, at }) => readMimeMap(model, at));

/** Files with a MIME map, for GET and HEAD; folders get the courtesy redirect. */
export const staticFile: Stage = {
  name: 'StaticFileModule',
  implements: ['system.webServer/staticContent'],
  decide(journey) {
    if (!journey.isHandledBy('StaticFileModule')) return undefined;
    const { path, query, config } = journey;
    const { physicalPath } = config.at;
    const question = { method: journey.request.method, path, query, physicalPath, target: journey.targetAt(path) };
    const verdict = staticFileVerdict(question, () => mimeMapAt(config));
    switch (verdict.kind) {
      case 'folder':
        return undefined;
      case 'redirect': {
        const { status, location } = verdict;
        journey.note(() =>
          stepAt('static-file', {
            input: physicalPath,
            result: location,
            note: 'a folder: the URL gets its slash',
          }),
        );
        return { kind: 'redirect', status, location, by: 'folder' };
      }
      case 'failure':
        journey.note(() => stepAt('static-file', { input: physicalPath, note: verdict.failure.detail }));
        return { kind: 'error', failure: verdict.failure };
      case 'file':
        journey.note(() => stepAt('static-file', { input: physicalPath, result: verdict.contentType }));
        return { kind: 'file', contentType: verdict.contentType };
    }
  },
};
