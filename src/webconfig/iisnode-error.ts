/** The position of a configuration error of iisnode. */
export interface IisnodeErrorPlace {
  /** The attribute or key concerned. */
  readonly attribute?: string;
  /** Line of iisnode.yml, from 1. */
  readonly line?: number;
  readonly cause?: unknown;
}

/**
 * iisnode cannot use its configuration, and answers each request with that (iisnode 0.2.27, cnodeapplicationmanager.cpp
 * Initialize): 1031 for the section or an `IISNODE_*` variable, 1032 for iisnode.yml.
 */
export class IisnodeConfigError extends Error {
  override readonly name = 'IisnodeConfigError';
  readonly code: 1031 | 1032;
  readonly attribute: string | undefined;
  readonly line: number | undefined;

  constructor(code: 1031 | 1032, message: string, place: IisnodeErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.code = code;
    this.attribute = place.attribute;
    this.line = place.line;
  }
}
