/** The used part of eslint-scope, which has no types. */
declare module 'eslint-scope' {
  export function analyze(program: unknown, options: Readonly<Record<string, unknown>>): { readonly scopes: unknown };
}
