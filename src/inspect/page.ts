import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileLimits, readFileSync } from '../files/index.js';

let text: string | undefined;

/** The page, for one answer: its style and its script run by this nonce alone. */
export function pageWith(nonce: string): string {
  text ??= readFileSync(pageFile(), fileLimits.source).toString();
  return text.replaceAll('NONCE', nonce);
}

/** Beside this file in the sources, in dist/ when bundled. */
function pageFile(): string {
  const candidates = ['./page.html', './live-page.html'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  return candidates.find((file) => existsSync(file)) ?? './live-page.html';
}
