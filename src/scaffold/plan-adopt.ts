import path from 'node:path';
import { generateWebConfig, patchWebConfig } from '../webconfig/index.js';
import { adviseApp } from './advice.js';
import { findEntry } from './entry-point.js';
import { readKnownSettings } from './known-settings.js';
import type { CheckedOptions } from './options.js';
import type { AppPackage } from './package-json.js';
import { diffOf } from './plan-diff.js';
import { readTextFile } from './text-file.js';
import type { InitPlan, InitTalk } from './types.js';
import { warningsFor, warningsForEntry } from './warnings.js';

/**
 * web.config added to, or mended in, the app that is there. Reads the folder, writes nothing.
 * `choosePath` is called only when neither the options nor web.config say the vdir path.
 * Throws UserError of `findEntry`, WEB_CONFIG_INVALID (usage), FILE_UNREADABLE.
 */
export async function planAdopt(
  options: CheckedOptions,
  manifest: AppPackage,
  talk: InitTalk,
  choosePath: () => Promise<string>,
): Promise<InitPlan> {
  const { directory } = options;
  const file = path.join(directory, 'web.config');
  const before = readTextFile(file)?.text;
  const known = readKnownSettings(before, file);
  const entry = await findEntry(directory, options.entry, manifest, talk);
  const vdirPath = options.vdirPath ?? known.vdirPath ?? (await choosePath());
  const wants = {
    entry,
    vdirPath,
    processes: options.processes ?? known.processes ?? 1,
    // What socket.io itself allows when nobody says otherwise.
    transports: options.transports ?? known.transports ?? (['websocket', 'polling'] as const),
  };
  const patch =
    before === undefined
      ? { text: generateWebConfig(wants), changes: ['web.config is new'] }
      : patchWebConfig(before, wants, file);
  const edits = [{ file: 'web.config', before, after: patch.text }];
  return {
    kind: 'adopted',
    directory,
    entry,
    vdirPath,
    edits,
    diff: diffOf(edits),
    changes: patch.changes,
    advice: adviseApp(directory, vdirPath),
    warnings: [...warningsFor(wants), ...warningsForEntry(directory, entry)],
  };
}
