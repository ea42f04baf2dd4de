import type { Block, ConfigFile } from './config-file.js';
import { ConfigError, type ConfigErrorKind } from './error.js';
import type { OverrideMode } from './schema/types.js';
import { isWithin } from './settings.js';
import { unconfirmed } from './unconfirmed.js';

const locked =
  'This configuration section cannot be used at this path. This happens when the section is locked at a parent level. ' +
  'Locking is either by default (overrideModeDefault="Deny"), or set explicitly by a location tag with ' +
  'overrideMode="Deny" or the legacy allowOverride="false".';

/** What one web.config may not set: locked sections, and sections that are defined elsewhere only. */
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
  const fail = (kind: ConfigErrorKind, text: string): ConfigError =>
    new ConfigError(kind, text, {
      file: file.document.file,
      position: file.document.positionAt(block.document === file.document ? block.element.span.start : 0),
      section: declaration.path,
    });
  // What .NET's own files declare is .NET's to judge.
  const judged = declaration.schema?.product !== 'machine';
  if (judged && ['AppHostOnly', 'MachineOnly', 'MachineToRootWeb'].includes(declaration.allowDefinition)) {
    return fail('not-at-this-path', unconfirmed.appHostOnlyMessage);
  }
  if (modeFor(block, file, above) === 'Deny') return fail('section-locked', locked);
  const atApplications = declaration.allowDefinition === 'MachineToApplication';
  if (judged && atApplications && !isApplicationRoot(block.target.key)) return fail('section-locked', locked);
  if (block.inLocation && !declaration.allowLocation) return fail('section-locked', locked);
  return undefined;
}

/** The override mode that the files above leave for this block. */
export function modeFor(block: Block, file: ConfigFile, above: readonly ConfigFile[]): OverrideMode {
  const { declaration, target } = block;
  // A file may set what it declares itself.
  let mode = declaration.file === file.document.file ? 'Allow' : declaration.overrideModeDefault;
  let depth = 0;
  for (const other of above) {
    for (const { overrideMode, target: place } of other.blocks.get(declaration.path) ?? []) {
      if (overrideMode === undefined || !isWithin(target.key, place.key)) continue;
      if (unconfirmed.levelsGoBeforeFiles && place.key.length < depth) continue;
      mode = overrideMode;
      depth = place.key.length;
    }
  }
  return mode;
}
