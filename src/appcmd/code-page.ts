import { system32 } from '../system32.js';

/** A code page of Windows's consoles. */
export interface CodePage {
  /** 850 */
  readonly number: number;
  decode(bytes: Uint8Array): string;
  /** Does it have all letters of the text? */
  holds(text: string): boolean;
}

/** Finds out the code page; undefined where that is not possible. */
export type AskCodePage = () => Promise<CodePage | undefined>;

/** undefined for a number that is not known. */
export async function codePageOf(number: number): Promise<CodePage | undefined> {
  if (number === 65001) return { number, decode: (bytes) => new TextDecoder().decode(bytes), holds: () => true };
  const { default: iconv } = await import('iconv-lite'); // loaded here: large, and needed only for letters outside ASCII
  const name = `cp${number}`;
  if (!iconv.encodingExists(name)) return undefined;
  const decode = (bytes: Uint8Array): string => iconv.decode(bytes, name);
  return { number, decode, holds: (text) => decode(iconv.encode(text, name)) === text };
}

/**
 * Asks chcp.com once for the code page of a console as appcmd and icacls get one: a new one without a window, whose code page is
 * Windows's own OEM code page. Its answer is a sentence in the language of Windows, with the number in it.
 */
export function consoleCodePage(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): AskCodePage {
  let asked: Promise<CodePage | undefined> | undefined;
  return () => {
    asked ??= platform === 'win32' ? askChcp(system32(environment, 'chcp.com')) : Promise.resolve(undefined);
    return asked;
  };
}

async function askChcp(program: string): Promise<CodePage | undefined> {
  const { execa } = await import('execa'); // loaded here: not needed for the embedded IIS
  const { stdout } = await execa(program, [], { reject: false, stdin: 'ignore', windowsHide: true, timeout: 10_000 });
  const [number] = /\d+/.exec(stdout ?? '') ?? [];
  return number === undefined ? undefined : codePageOf(Number(number));
}
