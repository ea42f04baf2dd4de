import type { Variant } from './app-files.js';

/** The values for a template's placeholders. */
export interface RenderValues extends Variant {
  /** The package's name. */
  readonly name: string;
  readonly transports: readonly string[];
}
