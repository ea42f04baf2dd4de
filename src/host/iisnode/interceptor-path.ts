import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { splitCommandLine } from '../backend/command-line.js';

/** `"%programfiles%\iisnode\interceptor.js"` and its variants for IIS Express (iisnode 0.2.27, src/config/*.xml). */
const shipped = /[\\/]iisnode(-express|-dev[\\/]release[\\/]x\d\d)?[\\/]interceptor\.js$/i;

/** The arguments between node and the script: our own interceptor instead of iisnode's, else what is configured. */
export function interceptorArguments(setting: string): string[] {
  const words = splitCommandLine(setting);
  return words.length === 1 && shipped.test(words[0] ?? '') ? [ownInterceptor()] : words;
}

let found: string | undefined;

/** Physical path of the interceptor: beside this file in the sources, in dist/ when bundled (also for a chunk in a subfolder). */
export function ownInterceptor(): string {
  if (found === undefined) {
    const candidates = ['./interceptor.cjs', '../interceptor.cjs'].map((name) =>
      fileURLToPath(new URL(name, import.meta.url)),
    );
    found = candidates.find((file) => existsSync(file)) ?? candidates[0] ?? '';
  }
  return found;
}
