import { isTypeScript } from '../source/index.js';
import {
  generatePlatformConfig,
  generateWebConfig,
  patchPlatformConfig,
  patchWebConfig,
  sectionAt,
  type WebConfigWants,
} from '../webconfig/index.js';
import { attribute } from '../xml/index.js';
import { askedSettings, chooseLoader, loaderSettings, withLoader, withoutLoader } from './adopt-loader.js';
import { type AdoptedApp, checkerOf, fromCode, type PlannedFiles, wantsOf } from './adopted-app.js';
import { notJavaScript } from './entry-point.js';
import { loaderName } from './loader.js';
import { planLoader, removeLoader } from './loader-file.js';
import type { CheckedOptions } from './options.js';
import type { CheckPlannedApp } from './types.js';

/**
 * web.config of an app that HttpPlatformHandler runs, and the loader where the app needs it: it has a TCP port, whole URLs, and node itself
 * starts its entry. Whether it needs more is read as for iisnode, without what only iisnode asks of an app.
 */
export function planPlatformFiles(
  options: CheckedOptions,
  adopted: AdoptedApp,
  checkApp: CheckPlannedApp,
): PlannedFiles {
  const { directory } = options;
  const { app, file, found, known, replaced, entry, vdirPath } = adopted;
  const checkWith = checkerOf(adopted, checkApp);
  const plain = { ...wantsOf(options, known, replaced, entry, vdirPath), ...processesOf(options, adopted) };
  const asIisnode = withoutLoader({ ...plain, replacesHosts: true });
  const first = checkWith(
    found === undefined ? { text: generateWebConfig(asIisnode) } : patchWebConfig(found.text, asIisnode, file),
  );
  for (const error of first.unread) if (error.problem === 'not-regular') throw error;
  const { nodeOptions } = first.loader.start;
  const wants: WebConfigWants = { ...plain, ...fromCode(options, first), ...(nodeOptions && { nodeOptions }) };
  const reasons = first.loader.reasons.filter(({ ofIisnode }) => ofIisnode !== true);
  const need = { ...first.loader, reasons, iisnode: undefined };
  const loader = chooseLoader(options, app, entry, need, startsLoader(adopted));
  if (!loader.used && isTypeScript(entry)) throw notJavaScript(entry, app);
  const own = loader.used ? withLoader(wants) : wants;
  const patch =
    found === undefined
      ? { text: generatePlatformConfig(own), changes: [], left: [] }
      : patchPlatformConfig(found.text, own, { file, entries: [entry, loaderName] });
  const files = loader.used
    ? planLoader(directory, loaderSettings(entry, vdirPath, need), askedSettings(options))
    : options.loader === 'never'
      ? removeLoader(directory)
      : { edits: [], notes: [] };
  const checked = checkWith(patch, files.edits);
  return { patch, checked, loader, edits: files.edits, notes: [...files.notes, ...notesOn(adopted, patch.left)] };
}

/** Does the file's own HttpPlatformHandler start the loader? */
function startsLoader({ app: { webConfig } }: AdoptedApp): boolean {
  const section = webConfig.document && sectionAt(webConfig.document, 'system.webServer/httpPlatform');
  return section !== undefined && (attribute(section, 'arguments') ?? '').toLowerCase().includes(loaderName);
}

/** 0, one process for each processor, has no counterpart. */
const processesOf = (options: CheckedOptions, { known }: AdoptedApp): Pick<WebConfigWants, 'processes'> => {
  const count = options.processes ?? known.processes;
  return count === undefined || count === 0 ? {} : { processes: count };
};

function notesOn({ known, app }: AdoptedApp, left: readonly string[]): readonly string[] {
  return [
    ...(left.length === 0
      ? []
      : [`HttpPlatformHandler has no counterpart of iisnode's ${left.join(', ')}: removed with the iisnode section`]),
    ...(known.processes === 0
      ? ['iisnode started one process for each processor; HttpPlatformHandler starts a fixed number: 1']
      : []),
    ...(app.folder.isFile('iisnode.yml') ? ['iisnode.yml has no effect under HttpPlatformHandler'] : []),
  ];
}
