import type { AskCodePage, CodePage } from './code-page.js';

/** What a program of Windows has printed into a pipe. @param ask is called only for bytes outside ASCII. */
export async function readConsole(bytes: Uint8Array, ask: AskCodePage): Promise<string> {
  const isPlain = bytes.every((byte) => byte < 0x80);
  return decodeConsole(bytes, isPlain ? undefined : await ask());
}

/**
 * Text of a console program: UTF-16 with its mark, else UTF-8 or the code page of the console; the sheets leave open which of the
 * two `/xml` uses, so both are read. A few words of a code page are UTF-8, too (`там` in 866): where both readings are possible,
 * UTF-8 holds if the code page has all its letters, or if the other reading is no word.
 * @param codePage undefined: unknown, and text that is not UTF-8 has U+FFFD in place of its letters.
 */
export function decodeConsole(bytes: Uint8Array, codePage?: CodePage): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  const unicode = utf8(bytes);
  if (codePage === undefined) return unicode ?? new TextDecoder('latin1').decode(bytes).replace(beyondAscii, '\ufffd');
  const local = codePage.decode(bytes);
  if (unicode === undefined) return local;
  return codePage.holds(unicode) || !isWords(local) ? unicode : local;
}

const beyondAscii = /[^\0-\x7f]/gu;

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const isWords = (text: string): boolean =>
  (text.match(beyondAscii) ?? []).every((letter) => /[\p{L}\p{M}\p{N}]/u.test(letter));
