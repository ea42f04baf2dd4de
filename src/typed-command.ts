import { type Argument, quoteForCmd } from './quoting.js';

/** How the user runs this program: without installing it. Every command line in a text begins with it. */
export const iisnodeSock = 'npx iisnode-sock';

/** A command line with these arguments, as typed into cmd.exe. */
export const typedCommand = (args: readonly Argument[]): string => [iisnodeSock, ...args.map(quoteForCmd)].join(' ');
