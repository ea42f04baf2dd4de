import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { embeddedAppcmd, fileStore } from '../../src/appcmd/index.js';
import { applicationHostText } from '../../src/config/index.js';
import type { DeployContext, DeployPlan } from '../../src/deploy/index.js';
import { steps } from '../../src/deploy/index.js';
import { temporaryFolder } from '../support/cli.js';
import { atWork, undoing } from './support.js';

it('allows the server variables the rules set and the server does not, once, and takes exactly that back', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const file = path.join(folder, 'applicationHost.config');
  await writeFile(file, applicationHostText({ sites: [], pools: [] }));
  const before = await readFile(file);
  const step = steps.find(({ id }) => id === 'allow-server-variables');
  if (step === undefined) throw new Error('the step is not in the list');
  const context = {
    appcmd: embeddedAppcmd(fileStore(file)),
    signal: new AbortController().signal,
  } as unknown as DeployContext;
  const plan = { serverVariables: ['HTTP_CONNECTION', 'HTTP_X_FORWARDED_PROTO'] } as unknown as DeployPlan;

  const seen = await step.look(context, plan);
  expect(step.say(context, plan, seen).join('\n')).toMatch(
    /set config .*allowedServerVariables .*\+\[name='HTTP_CONNECTION'\].*\n.*\+\[name='HTTP_X_FORWARDED_PROTO'\]/,
  );
  await step.do(context, plan, seen, atWork);
  expect(await readFile(file, 'utf8')).toContain('<add name="HTTP_CONNECTION"');
  expect(step.say(context, plan, await step.look(context, plan))).toEqual([]);
  await undoing(step)(context, plan, seen);
  expect(await readFile(file)).toEqual(before);
  await undoing(step)(context, plan, seen); // also when it never happened
  expect(await readFile(file)).toEqual(before);
});
