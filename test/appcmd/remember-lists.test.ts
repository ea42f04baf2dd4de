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
  it('runs each query once for the same arguments', async () => {
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

  it('runs it once for two callers at the same time', async () => {
    const { ran, remembering } = counting();
    expect(await Promise.all([remembering.run(sites), remembering.run(sites)])).toHaveLength(2);
    expect(ran).toHaveLength(1);
  });

  it.each([
    ['a command that writes', ['set', 'site', 'A']],
    ['one that is refused', ['set', 'refused']],
    ['one that starts something', ['start', 'site', 'A']],
  ])('runs the query again after %s, which is never answered from memory', async (_what, args) => {
    const { ran, remembering } = counting();
    await remembering.run(sites);
    await remembering.run(args);
    await remembering.run(args);
    await remembering.run(sites);
    expect(ran).toEqual([sites, args, args, sites].map((one) => one.join(' ')));
  });

  it('runs the query again after a command that did not complete: it may have written', async () => {
    const { ran, remembering } = counting();
    await remembering.run(sites);
    await expect(remembering.run(['set', 'fails'])).rejects.toThrow('no appcmd');
    await remembering.run(sites);
    expect(ran).toHaveLength(3);
  });

  it('remembers no answer to a query that ran during a write', async () => {
    const { ran, remembering } = counting();
    const writing = remembering.run(['set', 'site', 'A']);
    await remembering.run(sites);
    await writing;
    await remembering.run(sites);
    expect(ran).toHaveLength(3);
  });

  it('remembers no query that could not run', async () => {
    const { ran, remembering } = counting();
    await expect(remembering.run(['list', 'fails'])).rejects.toThrow('no appcmd');
    await expect(remembering.run(['list', 'fails'])).rejects.toThrow('no appcmd');
    expect(ran).toHaveLength(2);
  });

  it('remembers an error answer: a second query would return the same', async () => {
    const { ran, remembering } = counting();
    const answers = [await remembering.run(['list', 'refused']), await remembering.run(['list', 'refused'])];
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([5, 5]);
    expect(ran).toHaveLength(1);
  });

  it('forgets its answers when a change outside it is reported', async () => {
    const { ran, remembering } = counting();
    await remembering.run(sites);
    remembering.forget();
    await remembering.run(sites);
    expect(ran).toHaveLength(2);
  });
});
