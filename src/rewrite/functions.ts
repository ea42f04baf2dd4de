import { urlEncodeKeeps } from './unconfirmed.js';

/** The functions of `{Name:text}` (URL Rewrite 2.0 configuration reference), under their lower-case names. */
export const rewriteFunctions: ReadonlyMap<string, (text: string) => string> = new Map([
  ['tolower', (text: string): string => text.toLowerCase()],
  ['urlencode', urlEncode],
  ['urldecode', urlDecode],
  ['htmlencode', htmlEncode],
]);

function urlEncode(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => {
    const char = String.fromCharCode(byte);
    return urlEncodeKeeps.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

/** Invalid escapes stay unchanged. */
export function urlDecode(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    const bytes = Uint8Array.from(run.slice(1).split('%'), (digits) => Number.parseInt(digits, 16));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  });
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function htmlEncode(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}
