import { existsSync } from 'node:fs';
import path from 'node:path';
import { requireServableFolder } from '../config/index.js';
import { UserError } from '../errors.js';
import { adapterNamed, adapters, noAdapter } from './adapters.js';
import { namesIn } from './folder.js';
import { type CheckedOptions, isKindOpen } from './options.js';
import { defaultTemplate, templateNamed, templates } from './templates.js';
import type { Adapter, InitTalk, Template } from './types.js';

/**
 * The folder of a new app, absolute: asked where none was named and the one at hand is empty, or has other files; its name is the app's.
 * @param isFull It has other files, among which no app is written.
 */
export async function chooseFolder(
  { directory, isFolderOpen }: CheckedOptions,
  talk: InitTalk,
  isFull: boolean,
): Promise<string> {
  if (!isFull && (!isFolderOpen || namesIn(directory).length > 0)) return directory;
  const answer = await talk.ask({
    flag: 'dir',
    message: isFull
      ? 'This folder has other files, and no server to adopt. Name of a new app, which is its folder?'
      : 'Name of the app, which is its folder? (. is this folder)',
    initial: isFull ? freeName(directory) : '.',
    validate: (typed) => folderFault(path.resolve(directory, typed)),
  });
  return path.resolve(directory, answer);
}

function freeName(directory: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? defaultTemplate : `${defaultTemplate}-${number}`;
    if (!existsSync(path.join(directory, name))) return name;
  }
}

/** Why there can be no new app in this folder; undefined: there can. */
function folderFault(folder: string): string | undefined {
  try {
    requireServableFolder(folder);
    return namesIn(folder).length === 0 ? undefined : 'It has files in it: name an empty folder, or one to be created.';
  } catch (error) {
    if (error instanceof UserError) return error.why;
    throw error;
  }
}

/** The template of a new app: the one in the options, else asked. */
export async function chooseTemplate({ template }: CheckedOptions, talk: InitTalk): Promise<Template> {
  if (template !== undefined) return template;
  if (templates().length < 2) return templateNamed(defaultTemplate);
  const answer = await talk.ask({
    flag: '--template',
    message: 'Which app?',
    initial: defaultTemplate,
    choices: templates().map(({ name, title, description }) => ({ value: name, label: title, hint: description })),
  });
  return templateNamed(answer);
}

/** Is a new app in TypeScript? In the options, else asked for an app of which nothing is said; every template is in both languages. */
export async function chooseLanguage(options: CheckedOptions, talk: InitTalk): Promise<boolean> {
  if (options.typescript !== undefined || !isKindOpen(options)) return options.typescript ?? false;
  const answer = await talk.ask({
    flag: '--typescript',
    message: 'Which language?',
    initial: 'no',
    choices: [
      { value: 'no', label: 'JavaScript', hint: 'runs as it is' },
      { value: 'yes', label: 'TypeScript', hint: 'init and deploy build it' },
    ],
  });
  return answer === 'yes';
}

/** The adapter of a new app: the one in the options, else asked where the template supports one. */
export async function chooseAdapter(
  { adapter }: CheckedOptions,
  { adapters: supported = [] }: Template,
  talk: InitTalk,
): Promise<Adapter> {
  if (adapter !== undefined) return adapter;
  if (supported.length === 0) return adapterNamed(noAdapter);
  const answer = await talk.ask({
    flag: '--adapter',
    message: 'How do messages reach the clients of other processes?',
    initial: noAdapter,
    choices: adapters()
      .filter(({ name }) => name === noAdapter || supported.includes(name))
      .map(({ name, title, why }) => ({ value: name, label: title, hint: why })),
  });
  return adapterNamed(answer);
}
