import type { Block } from './block.js';
import type { ConfigFile } from './config-file.js';
import { ConfigError, type ConfigErrorKind, type ConfigErrorLock } from './error.js';
import type { OverrideMode } from './schema/types.js';
import { isWithin } from './settings.js';
import { unconfirmed } from './unconfirmed.js';

const locked =
  'This configuration section cannot be used at this path. This happens when the section is locked at a parent level. ' +
  'Locking is either by default (overrideModeDefault="Deny"), or set explicitly by a location tag with ' +
  'overrideMode="Deny" or the legacy allowOverride="false".';

/** What a web.config must not set: locked sections, and sections that can only be set in other files. */
export function refusedBlocks(
  file: ConfigFile,
  above: readonly ConfigFile[],
  isApplicationRoot: (key: string) => boolean,
): readonly ConfigError[] {
  const errors: ConfigError[] = [];
  for (const block of [...file.blocks.values()].flat()) {
    const error = refusal(block, file, above, isApplicationRoot);
    if (error !== undefined) errors.push(error);
  }
  return errors;
}

function refusal(
  block: Block,
  file: ConfigFile,
  above: readonly ConfigFile[],
  isApplicationRoot: (key: string) => boolean,
): ConfigError | undefined {
  const { declaration } = block;
  const fail = (kind: ConfigErrorKind, text: string, lockedBy?: ConfigErrorLock): ConfigError =>
    new ConfigError(kind, text, {
      ...(lockedBy && { lockedBy }),
      file: file.document.file,
      position: file.document.positionAt(block.document === file.document ? block.element.span.start : 0),
      section: declaration.path,
    });
  // Sections declared by .NET's own files are not checked here.
  const isChecked = declaration.schema?.product !== 'machine';
  if (isChecked && ['AppHostOnly', 'MachineOnly', 'MachineToRootWeb'].includes(declaration.allowDefinition)) {
    return fail('not-at-this-path', unconfirmed.appHostOnlyMessage);
  }
  const { mode, by } = modeFor(block, file, above);
  if (mode === 'Deny') return fail('section-locked', locked, by && lockPlace(by));
  const atApplications = declaration.allowDefinition === 'MachineToApplication';
  if (isChecked && atApplications && !isApplicationRoot(block.target.key)) return fail('section-locked', locked);
  if (block.inLocation && !declaration.allowLocation) return fail('section-locked', locked);
  return undefined;
}

function lockPlace({ document, element }: Block): ConfigErrorLock {
  return { file: document.file, line: document.positionAt(element.span.start).line };
}

/** The override mode for this block from the files above, and the block in a `<location>` that sets it. */
function modeFor(
  block: Block,
  file: ConfigFile,
  above: readonly ConfigFile[],
): { readonly mode: OverrideMode; readonly by?: Block } {
  const { declaration, target } = block;
  // A file may set the sections it declares itself.
  let mode = declaration.file === file.document.file ? 'Allow' : declaration.overrideModeDefault;
  let by: Block | undefined;
  let depth = 0;
  for (const other of above) {
    for (const found of other.blocks.get(declaration.path) ?? []) {
      const { overrideMode, target: place } = found;
      if (overrideMode === undefined || !isWithin(target.key, place.key)) continue;
      if (unconfirmed.levelsGoBeforeFiles && place.key.length < depth) continue;
      mode = overrideMode;
      by = found;
      depth = place.key.length;
    }
  }
  return { mode, ...(by && { by }) };
}
