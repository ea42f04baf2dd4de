import kleur from 'kleur';

type Paint = (text: string) => string;

/** The few colours we use, by meaning. Colour never carries meaning alone. */
export interface Colours {
  readonly enabled: boolean;
  readonly error: Paint;
  readonly warning: Paint;
  readonly good: Paint;
  readonly info: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
  readonly url: Paint;
}

const plain: Paint = (text) => text;

/** Does a stream get colours? NO_COLOR wins when non-empty (no-color.org), then FORCE_COLOR, then what the stream is. */
export function wantsColour(
  stream: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
  flag: boolean | undefined,
): boolean {
  if (flag === false) return false;
  if (environment.NO_COLOR) return false;
  const force = environment.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

/** The palette of one stream. */
export function colours(enabled: boolean): Colours {
  if (!enabled) {
    return { enabled, error: plain, warning: plain, good: plain, info: plain, dim: plain, strong: plain, url: plain };
  }
  kleur.enabled = true; // kleur looks at stdout only; we decided per stream
  return {
    enabled,
    error: kleur.red,
    warning: kleur.yellow,
    good: kleur.green,
    info: kleur.cyan,
    dim: kleur.gray,
    strong: kleur.bold,
    url: (text) => kleur.underline(kleur.cyan(text)),
  };
}
