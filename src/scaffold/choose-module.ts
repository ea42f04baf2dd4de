import path from 'node:path';
import type { App } from '../app/index.js';
import { UserError } from '../errors.js';
import { otherHosts } from '../webconfig/index.js';
import type { ReplacedHost } from './adopt-host.js';
import { type CheckedOptions, isKindOpen, type ModuleOption } from './options.js';
import type { InitTalk } from './types.js';

/**
 * The module that runs node: asked on a terminal for a new app of which nothing is said, else iisnode.
 *
 * @param isNew Is the app going to be created?
 * Throws UserError STATIC_NOT_OF_MODULE (usage).
 */
export async function chooseModule(options: CheckedOptions, talk: InitTalk, isNew: boolean): Promise<ModuleOption> {
  const { module, staticFolders } = options;
  // An app that is there is adopted for iisnode.
  const isAsked = talk.interactive && isNew && isKindOpen(options);
  const chosen = module ?? (isAsked ? await ask(talk) : 'iisnode');
  if (chosen === 'httpplatform' && staticFolders.length > 0) {
    throw new UserError('STATIC_NOT_OF_MODULE', {
      what: '--static and --module httpplatform cannot be used together',
      why: '--static makes rewrite rules for iisnode; HttpPlatformHandler gives every URL to node, which serves its own files.',
      next: 'omit --static, or use --module iisnode',
      again: { without: ['--static'] },
    });
  }
  return chosen;
}

async function ask(talk: InitTalk): Promise<ModuleOption> {
  const answer = await talk.ask({
    flag: '--module',
    message: 'Which module of IIS runs node?',
    initial: 'iisnode',
    choices: [
      { value: 'iisnode', label: 'iisnode', hint: 'named pipes; Azure App Service has it' },
      { value: 'httpplatform', label: 'HttpPlatformHandler', hint: 'a TCP port; ES modules and WebSockets of IIS' },
    ],
  });
  return answer === 'httpplatform' ? 'httpplatform' : 'iisnode';
}

/**
 * HttpPlatformHandler may stay; another way to run the app in its web.config is the user's to remove.
 *
 * Throws UserError HANDLER_IN_USE (exit 4).
 */
export function platformHost({ webConfig: { document, file } }: App): ReplacedHost {
  const other = document && otherHosts(document).find(({ kind }) => kind !== 'HttpPlatformHandler');
  if (other === undefined) return { replacesHosts: true };
  throw new UserError('HANDLER_IN_USE', {
    what: `${path.basename(file)} has ${other.kind} (line ${other.line})`,
    why: `The app is run there by ${other.kind}; with HttpPlatformHandler beside it IIS would use the first one that matches.`,
    next: 'remove it from web.config, then run init again; nothing was changed',
    exit: 'question',
  });
}
