import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InitOptions, InitResult } from '../../src/scaffold/types.js';
import { init } from '../support/init.js';
import { folderWith, type RecordedTalk, talk, textsIn } from './workspace.js';

const answers = {
  dir: 'poem',
  '--template': 'chat',
  '--typescript': 'no',
  '--adapter': 'redis',
  '--path': '/verse',
  '--module': 'iisnode',
};
const flagsOf = ({ questions }: RecordedTalk): readonly string[] => questions.map(({ flag }) => flag);
const run = (directory: string, person: RecordedTalk, options: Partial<InitOptions> = {}): Promise<InitResult> =>
  init({ directory, isFolderOpen: true, install: false, ...options }, person);

describe('the questions about a new app', () => {
  it('are its name, template, language, adapter, path and module, and what is answered is made', async () => {
    const folder = folderWith();
    const person = talk(answers);
    const result = await run(folder, person);
    expect(flagsOf(person)).toEqual(['dir', '--template', '--typescript', '--adapter', '--path', '--module']);
    expect(result).toMatchObject({ template: 'chat', typescript: false, adapter: 'redis', vdirPath: '/verse' });
    expect(result.directory).toBe(path.join(folder, 'poem'));
    expect(JSON.parse(textsIn(folder)['poem/package.json'] ?? '')).toMatchObject({ name: 'poem' });
  });

  it.each<[what: string, options: Partial<InitOptions>, asked: readonly string[]]>([
    ['a folder', { isFolderOpen: false }, ['--template', '--typescript', '--adapter', '--path', '--module']],
    ['a template', { template: 'chat' }, ['dir', '--adapter', '--path']],
    ['a template without adapters', { template: 'minimal' }, ['dir', '--path']],
    ['a language', { typescript: true }, ['dir', '--template', '--adapter', '--path', '--module']],
    ['the other language', { typescript: false }, ['dir', '--template', '--adapter', '--path', '--module']],
    ['an adapter', { adapter: 'redis' }, ['dir', '--template', '--typescript', '--path', '--module']],
    ['a path', { path: '/x' }, ['dir', '--template', '--adapter']],
    ['a module', { module: 'httpplatform' }, ['dir', '--template', '--typescript', '--adapter', '--path']],
    ['all', { isFolderOpen: false, template: 'chat', adapter: 'none', path: '/x', module: 'iisnode' }, []],
  ])('do not come where the options have %s', async (_what, options, asked) => {
    const person = talk(answers);
    await run(folderWith(), person, options);
    expect(flagsOf(person)).toEqual(asked);
  });

  it.each(['dante', 'dante-faye', 'chat', 'minimal'])(
    'make %s in TypeScript where that is answered',
    async (template) => {
      const folder = folderWith();
      const person = talk({ ...answers, '--template': template, '--typescript': 'yes' });
      expect(await run(folder, person)).toMatchObject({ template, typescript: true });
      expect(person.questions.find(({ flag }) => flag === '--typescript')?.initial).toBe('no');
      const files = Object.keys(textsIn(folder));
      expect(files.filter((file) => file.startsWith('poem/src/') && file.endsWith('.ts'))).not.toEqual([]);
      expect(files).toContain('poem/tsconfig.json');
    },
  );

  it.each([
    ['dante', ['none', 'azure', 'redis']],
    ['chat', ['none', 'redis']],
  ])('offer the adapters that %s supports', async (template, names) => {
    const person = talk(answers);
    await run(folderWith(), person, { template });
    const question = person.questions.find(({ flag }) => flag === '--adapter');
    expect(question?.choices?.map(({ value }) => value)).toEqual(names);
    expect(question?.initial).toBe('none');
  });

  it('suggest the path from the name, and take . for the folder itself', async () => {
    const named = talk(answers);
    await run(folderWith(), named);
    expect(named.questions.find(({ flag }) => flag === '--path')?.initial).toBe('/poem');
    const folder = folderWith();
    expect((await run(folder, talk({ ...answers, dir: '.' }))).directory).toBe(folder);
  });

  it('refuse the name of a file, of a folder with files, and one that IIS cannot serve', async () => {
    const folder = folderWith();
    const person: RecordedTalk = {
      ...talk(answers),
      // They appear while the question is open: the folder itself was empty.
      async ask(question) {
        if (question.flag !== 'dir') return answers[question.flag as keyof typeof answers];
        mkdirSync(path.join(folder, 'full', 'inside'), { recursive: true });
        mkdirSync(path.join(folder, 'bare'));
        expect(question.validate?.('full')).toMatch(/^It has files in it/);
        expect(question.validate?.('bad\u0007name')).toMatch(/control character/);
        expect(question.validate?.(path.join(process.execPath))).toBeTypeOf('string');
        expect(question.validate?.('bare')).toBeUndefined();
        expect(question.validate?.('new/er')).toBeUndefined();
        return 'new/er';
      },
    };
    expect((await run(folder, person)).directory).toBe(path.join(folder, 'new', 'er'));
    expect(textsIn(folder)).toHaveProperty('new/er/web.config');
  });

  it('ask for another folder where the one at hand has other files, and change none of them', async () => {
    const folder = folderWith({ 'notes.txt': 'mine', 'dante/poem.txt': 'mine' });
    const person = talk(answers);
    expect((await run(folder, person)).directory).toBe(path.join(folder, 'poem'));
    const [first] = person.questions;
    expect(first).toMatchObject({ flag: 'dir', initial: 'dante-2', message: expect.stringContaining('other files') });
    expect(first?.validate?.('.')).toMatch(/^It has files in it/);
    expect(textsIn(folder)).toMatchObject({ 'notes.txt': 'mine', 'dante/poem.txt': 'mine' });
    expect(textsIn(folder)).toHaveProperty('poem/web.config');
  });

  it('begin after what is wrong with the options and the folder was reported', async () => {
    let begun = 0;
    const person = { ...talk(answers), begin: async () => void begun++ };
    const named = { isFolderOpen: false };
    await expect(run(folderWith({ 'notes.txt': '' }), person, named)).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
    });
    await expect(run(folderWith(), person, { entry: 'a.js' })).rejects.toMatchObject({ code: 'NOTHING_TO_ADOPT' });
    await expect(run(folderWith(), person, { template: 'minimal', adapter: 'redis' })).rejects.toMatchObject({
      code: 'ADAPTER_NOT_SUPPORTED',
    });
    expect([begun, flagsOf(person)]).toEqual([0, []]);
    await run(folderWith(), person);
    expect(begun).toBe(1);
  });

  it('do not come for an app that is there, nor without a terminal', async () => {
    const app = folderWith({ 'package.json': '{ "main": "a.js" }', 'a.js': 'require("http").createServer();' });
    let begun = 0;
    const person = { ...talk({ '--path': '/' }), begin: async () => void begun++ };
    await run(app, person);
    expect([begun, flagsOf(person)]).toEqual([0, ['--path']]);
    const folder = folderWith();
    expect(await run(folder, talk())).toMatchObject({ directory: folder, template: 'dante', adapter: 'none' });
  });
});
