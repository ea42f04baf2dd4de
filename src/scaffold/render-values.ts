import type { Variant } from './app-files.js';

/** What a template's files are filled in with. */
export interface RenderValues extends Variant {
  /** The package's name. */
  readonly name: string;
  readonly transports: readonly string[];
}
