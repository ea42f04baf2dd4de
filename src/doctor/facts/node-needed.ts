import intersects from 'semver/ranges/intersects.js';
import type { FileFacts } from './facts.js';
import { rangeOf } from './version-range.js';

/** From which major on a package needs which node: engines.node in its package.json. */
const needs: readonly (readonly [name: string, major: number, node: string])[] = [
  ['express', 5, '18.0.0'],
  ['socket.io', 3, '10.2.0'],
  ['ws', 8, '10.0.0'],
];

/** The package of the server that needs the newest node; undefined where none of those is used. */
export function oldestNodeFor({
  query,
  server,
}: FileFacts): { readonly name: string; readonly node: string } | undefined {
  for (const [name, major, node] of needs) {
    const version = server.modules.has(name) ? query.versionOf(name) : undefined;
    if (version?.major !== undefined && version.major >= major) return { name: `${name} ${version.text}`, node };
  }
  return undefined;
}

/** '6.9.1' for `D:\Program Files\nodejs\6.9.1\node.exe`; undefined where the path names no version. */
export const pinnedVersion = (commandLine: string): string | undefined =>
  /[\\/](?:node-)?v?(\d+\.\d+\.\d+)(?:-win-\w+)?[\\/](?:[^\\/]+[\\/])?node(?:\.exe)?(?=["\s]|$)/i.exec(
    commandLine,
  )?.[1];

/** Are all versions of a range older? */
export function isBelow(range: string, node: string): boolean {
  const allowed = rangeOf(range);
  return allowed !== undefined && !intersects(allowed, `>=${node}`, { loose: true });
}
