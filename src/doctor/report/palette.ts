/** The colours of the report; src/terminal provides them. The text is complete without colours. */
export interface Palette {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly info: (text: string) => string;
  readonly good: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
}

const plain = (text: string): string => text;

/** No colours. */
export const noColours: Palette = { error: plain, warning: plain, info: plain, good: plain, dim: plain, strong: plain };
