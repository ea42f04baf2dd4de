import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileLimits, readFileSync } from '../files/index.js';

/** cmd.exe reads no longer line (deploying.md 1.3), in characters. */
export const longestLine = 8_191;

/**
 * The command that runs on the server. cmd.exe, PowerShell and sh read it alike: between its double quotes there is nothing that one of
 * them changes, and nothing of it comes from a user or a file.
 * @param node The program as the shell of the server reads it.
 */
export function bootstrapLine(node = 'node'): string {
  return `${node} -e "eval(Buffer.from('${encoded()}','base64').toString())"`;
}

let text: string | undefined;

/** bootstrap.cjs without comments and indentation, as base64. */
function encoded(): string {
  if (text === undefined) {
    const lines = readFileSync(bootstrapFile(), fileLimits.source).toString('utf8').split('\n');
    const code = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('//'));
    text = Buffer.from(code.join('\n')).toString('base64');
  }
  return text;
}

/** Beside this file in the sources, in dist/ when bundled. */
function bootstrapFile(): string {
  const candidates = ['./bootstrap.cjs', './ssh-bootstrap.cjs', '../ssh-bootstrap.cjs'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  return candidates.find((file) => existsSync(file)) ?? candidates[0] ?? '';
}
