import type { ProbeReport } from '../../probe/index.js';
import { readFolder, readServerSources } from '../../source/index.js';
import type { Facts } from './facts.js';
import { readPackage } from './package.js';

/** Facts of a live site: what the probe saw, and no files at all. */
export function liveFacts(target: string, live: ProbeReport): Facts {
  const folder = readFolder('', true);
  return {
    target,
    directory: '',
    folder,
    webConfig: {
      file: '',
      bytes: undefined,
      document: undefined,
      error: undefined,
      errorPlace: undefined,
      place: () => ({ file: '', line: 1, column: 1, evidence: '' }),
      placeOf: () => undefined,
      own: () => undefined,
      isOwn: () => false,
    },
    vdirPath: undefined,
    place: undefined,
    site: undefined,
    entries: [],
    iisnode: undefined,
    iisnodeYml: undefined,
    machines: 1,
    package: readPackage(folder),
    server: readServerSources(folder, []),
    pages: [],
    unread: [],
    live,
  };
}
