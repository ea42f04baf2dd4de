import path from 'node:path';
import { type App, isBuilt } from '../app/index.js';
import { UserError } from '../errors.js';
import { loaderName } from '../source/index.js';
import { otherHosts, type WebConfigWants } from '../webconfig/index.js';
import type { CheckedOptions } from './options.js';
import type { InitTalk } from './types.js';

/** What of a web.config iisnode takes the place of. */
export type ReplacedHost = Pick<WebConfigWants, 'replaces' | 'replacesHosts' | 'appSettings'>;

interface Occupant {
  /** 'HttpPlatformHandler (line 4)' */
  readonly what: string;
  readonly why: string;
}

/**
 * Another way to run the app in its web.config: there is no second one beside it, so the user decides whether iisnode takes its
 * place. Nothing where web.config has none.
 *
 * Throws UserError HANDLER_IN_USE (exit 4) where the user cannot be asked, NOT_CONFIRMED (exit 1) where the answer is no.
 */
export async function replacedHost(app: App, options: CheckedOptions, talk: InitTalk): Promise<ReplacedHost> {
  const { document, file } = app.webConfig;
  const hosts = document === undefined ? [] : otherHosts(document);
  const dead = handlersWithoutFile(app);
  const occupants: Occupant[] = [
    ...hosts.map(({ kind, line }) => ({
      what: `${kind} (line ${line})`,
      why: `The app is run there by ${kind}; with a handler of iisnode beside it IIS would use the first one that matches.`,
    })),
    ...dead.map((name) => ({
      what: `a handler of iisnode for ${name}, which does not exist`,
      why: `The handler and the rules for ${name} would stay beside the new ones.`,
    })),
  ];
  if (occupants.length === 0) return {};
  if (!options.replaceHandler && options.module !== 'iisnode') await ask(path.basename(file), occupants, talk);
  return {
    replaces: dead,
    replacesHosts: hosts.length > 0,
    appSettings: Object.assign({}, ...hosts.map(({ variables }) => variables)),
  };
}

/** Handlers whose files are not there, and will not be: no build makes them. */
function handlersWithoutFile({ handled, folder }: App): readonly string[] {
  const isDead = handled.every(({ name, exists }) => !exists && !isBuilt(folder, name));
  return isDead ? handled.map(({ name }) => name).filter((name) => name.toLowerCase() !== loaderName) : [];
}

async function ask(webConfig: string, occupants: readonly Occupant[], talk: InitTalk): Promise<void> {
  const what = `${webConfig} has ${occupants.map((each) => each.what).join(' and ')}`;
  if (!talk.interactive) {
    throw new UserError('HANDLER_IN_USE', {
      what,
      why: occupants.map((each) => each.why).join(' '),
      next: occupants.some(({ what: each }) => each.startsWith('HttpPlatformHandler '))
        ? '--module httpplatform to keep it, or --replace-handler to let iisnode run the app in its place; nothing was changed'
        : '--replace-handler to let iisnode run the app in its place; nothing was changed',
      exit: 'question',
    });
  }
  const answer = await talk.ask({
    flag: '--replace-handler',
    message: `${what}. Replace it?`,
    initial: 'no',
    choices: [
      { value: 'yes', label: 'Yes', hint: 'iisnode runs the app in its place' },
      { value: 'no', label: 'No', hint: 'nothing is written' },
    ],
  });
  if (answer === 'yes') return;
  throw new UserError('NOT_CONFIRMED', {
    what: 'nothing was written',
    why: `You answered no: ${what}.`,
    next: 'keep it as it is, or run init again with --replace-handler',
    again: { with: ['--replace-handler'] },
    exit: 'refused',
  });
}
