import type { EffectiveElement } from '../../config/index.js';
import { pathSetting } from '../path-config.js';

/** One entry of httpErrors. */
export interface CustomError {
  readonly status: number;
  /** -1: every sub-status. */
  readonly subStatus: number;
  readonly path: string;
  readonly responseMode: string;
}

export interface CustomErrors {
  readonly errorMode: string;
  readonly existingResponse: string;
  readonly errors: readonly CustomError[];
  /** Used when no entry matches: `defaultPath`, which only the server may set; undefined while it is empty. */
  readonly fallback: Pick<CustomError, 'path' | 'responseMode'> | undefined;
}

/** Reads system.webServer/httpErrors once for each path. Throws ConfigError. */
export const customErrorsAt = pathSetting(({ model, at }): CustomErrors => {
  const section = model.effective('system.webServer/httpErrors', at);
  return {
    errorMode: section.string('errorMode'),
    existingResponse: section.string('existingResponse'),
    errors: section.items.filter(isWebsites).map((item) => ({
      status: item.number('statusCode'),
      subStatus: Number(item.get('subStatusCode') ?? -1),
      path: pathOf(item),
      responseMode: item.string('responseMode'),
    })),
    fallback:
      section.string('defaultPath') === ''
        ? undefined
        : { path: section.string('defaultPath'), responseMode: section.string('defaultResponseMode') },
  };
});

/** The nine pages of a new IIS are in inetpub\custerr, which does not exist here: only added entries are used. */
const isWebsites = (item: EffectiveElement): boolean => !/\\inetpub\\custerr\b/i.test(pathOf(item));

/** Below prefixLanguageFilePath is a folder for each language; the one that every installation has is used for all. */
function pathOf(item: EffectiveElement): string {
  const prefix = item.string('prefixLanguageFilePath');
  return prefix === '' ? item.string('path') : `${prefix}\\en-US\\${item.string('path')}`;
}

/** Do clients at this place see the detailed page? */
export function showsDetails(errors: CustomErrors, local: boolean): boolean {
  return errors.errorMode === 'Detailed' || (errors.errorMode === 'DetailedLocalOnly' && local);
}

/** The entry for a status: first the exact sub-status, then -1, then the default path. */
export function customErrorFor(errors: CustomErrors, status: number, subStatus: number): CustomError | undefined {
  const same = errors.errors.filter((error) => error.status === status);
  const found = same.find((error) => error.subStatus === subStatus) ?? same.find((error) => error.subStatus === -1);
  return found ?? (errors.fallback && { ...errors.fallback, status, subStatus });
}

/** Used when httpErrors itself cannot be read. */
export const defaultCustomErrors: CustomErrors = {
  errorMode: 'DetailedLocalOnly',
  existingResponse: 'Auto',
  errors: [],
  fallback: undefined,
};
