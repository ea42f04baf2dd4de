import { describe, expect, it } from 'vitest';
import { type Appcmd, rememberLists } from '../../src/appcmd/index.js';

/** An appcmd whose answers are numbered; a command that holds `fails` rejects. */
function counting() {
  const ran: string[] = [];
  const appcmd: Appcmd = {
    format: (args) => args.join(' '),
    async run(args) {
      ran.push(args.join(' '));
      if (args.includes('fails')) throw new Error('no appcmd');
      return { exitCode: args.includes('refused') ? 5 : 0, stdout: String(ran.length) };
    },
  };
  return { ran, remembering: rememberLists(appcmd) };
}
const sites = ['list', 'site', '/xml'];

describe('an appcmd that remembers', () => {
  it('asks each question once, word for word', async () => {
    const { ran, remembering } = counting();
    const answers = [
      await remembering.run(sites),
      await remembering.run([...sites]),
      await remembering.run(['list', 'site', 'A', '/xml']),
      await remembering.run(['list', 'site A', '/xml']),
    ];
    expect(answers.map(({ stdout }) => stdout)).toEqual(['1', '1', '2', '3']);
    expect(ran).toHaveLength(3);
  });

  it('asks once, too, when two ask at the same time', async () => {
    const { ran, remembering } = counting();
    expect(await Promise.all([remembering.run(sites), remembering.run(sites)])).toHaveLength(2);
    expect(ran).toHaveLength(1);
  });

  it.each([
    ['a command that writes', ['set', 'site', 'A']],
    ['one that is refused', ['set', 'refused']],
    ['one that starts something', ['start', 'site', 'A']],
  ])('asks again after %s, which is never answered from memory', async (_what, args) => {
    const { ran, remembering } = counting();
    await remembering.run(sites);
    await remembering.run(args);
    await remembering.run(args);
    await remembering.run(sites);
    expect(ran).toEqual([sites, args, args, sites].map((one) => one.join(' ')));
  });

  it('asks again after a command that could not be run to its end: it may have written', async () => {
    const { ran, remembering } = counting();
    await remembering.run(sites);
    await expect(remembering.run(['set', 'fails'])).rejects.toThrow('no appcmd');
    await remembering.run(sites);
    expect(ran).toHaveLength(3);
  });

  it('remembers no answer that was asked for while something was being written', async () => {
    const { ran, remembering } = counting();
    const writing = remembering.run(['set', 'site', 'A']);
    await remembering.run(sites);
    await writing;
    await remembering.run(sites);
    expect(ran).toHaveLength(3);
  });

  it('remembers no question that could not be asked', async () => {
    const { ran, remembering } = counting();
    await expect(remembering.run(['list', 'fails'])).rejects.toThrow('no appcmd');
    await expect(remembering.run(['list', 'fails'])).rejects.toThrow('no appcmd');
    expect(ran).toHaveLength(2);
  });

  it('remembers an answer that refuses: asking again would say the same', async () => {
    const { ran, remembering } = counting();
    const answers = [await remembering.run(['list', 'refused']), await remembering.run(['list', 'refused'])];
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([5, 5]);
    expect(ran).toHaveLength(1);
  });

  it('forgets when it is told of a change that came about otherwise', async () => {
    const { ran, remembering } = counting();
    await remembering.run(sites);
    remembering.forget();
    await remembering.run(sites);
    expect(ran).toHaveLength(2);
  });
});
