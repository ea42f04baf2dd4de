import { UserError } from '../errors.js';

/** A file is no longer what was listed. @param done 'copied', 'packed'. @param product 'release', 'package'. */
export const appChanged = (path: string, done: string, product: string): UserError =>
  new UserError('APP_CHANGED', {
    what: `${path} changed while it was ${done}`,
    why: `A ${product} is what the app was at one moment.`,
    next: 'deploy again when nothing writes into its folder (a build, a download); name folders that the app itself writes in .deployignore',
    exit: 'refused',
  });
