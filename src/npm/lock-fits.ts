import { isDeepStrictEqual } from 'node:util';

interface Dependencies {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Does the lock file match package.json exactly? Throws if one of them is not JSON. */
export function lockFits(lock: string, manifest: string): boolean {
  const { dependencies, devDependencies } = JSON.parse(manifest) as Dependencies;
  const locked = (JSON.parse(lock) as { readonly packages: Readonly<Record<string, Dependencies>> }).packages[''];
  return (
    isDeepStrictEqual(locked?.dependencies ?? {}, dependencies ?? {}) &&
    isDeepStrictEqual(locked?.devDependencies ?? {}, devDependencies ?? {})
  );
}
