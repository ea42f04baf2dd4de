import { isDeepStrictEqual } from 'node:util';

interface Dependencies {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The lock file locks exactly what package.json asks for. Throws for texts that are none of the two. */
export function lockFits(lock: string, manifest: string): boolean {
  const { dependencies, devDependencies } = JSON.parse(manifest) as Dependencies;
  const locked = (JSON.parse(lock) as { readonly packages: Readonly<Record<string, Dependencies>> }).packages[''];
  return (
    isDeepStrictEqual(locked?.dependencies ?? {}, dependencies ?? {}) &&
    isDeepStrictEqual(locked?.devDependencies ?? {}, devDependencies ?? {})
  );
}
