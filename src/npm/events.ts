/** The progress of npm. */
export type NpmEvent =
  | { readonly kind: 'installing'; readonly directory: string; readonly command: string }
  /** One more package file fetched, from npm's cache or from the registry. */
  | { readonly kind: 'fetched'; readonly count: number; readonly url: string }
  | { readonly kind: 'installed'; readonly ms: number }
  | { readonly kind: 'building'; readonly directory: string; readonly command: string }
  | { readonly kind: 'built'; readonly ms: number };
