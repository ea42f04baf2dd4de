import { describe, expect, it } from 'vitest';
import { steps } from '../../src/deploy/index.js';
import { undoByHand } from '../../src/deploy/undo-commands.js';
import { smallText } from '../appcmd/support.js';
import { deployWorld, planFor, undoing } from './support.js';

describe('the commands of an undo by hand', () => {
  const certificate = { certificate: 'ab'.repeat(20) };
  const newSite = {
    name: 'own',
    bindings: [{ protocol: 'https', address: '*', port: 443, host: '' }] as const,
    ...certificate,
  };

  it.each([
    ['nothing, where nothing was bound', 1, []],
    ['the removal alone, where it was', 0, ['netsh.exe http delete sslcert "ipport=0.0.0.0:443"']],
  ])('for a certificate are %s', async (_what, exitCode, expected) => {
    const { context } = deployWorld(smallText());
    const iis = { ...context, target: { ...context.target, kind: 'iis', certificates: undefined } } as typeof context;
    const asked = { ...iis, run: async () => ({ exitCode, stdout: 'a certificate' }) };
    const step = steps.find(({ id }) => id === 'bind-certificate');
    if (step === undefined) throw new Error('no such step');
    const plan = planFor('/apps/dante', { siteName: 'own', newSite });
    const seen = { bindings: [{ endpoint: 'ipport=0.0.0.0:443', shown: undefined }] };
    const lines = await undoByHand({ undo: undoing(step), seen }, asked, plan);
    expect(lines.map((line) => line.slice(line.indexOf('netsh.exe')))).toEqual(expected);
  });

  it('leave the certificates of the embedded IIS as they are', async () => {
    const { context } = deployWorld(smallText());
    const removed: string[] = [];
    const certificates = {
      shown: async () => 'ab'.repeat(20),
      add: async () => void removed.push('added'),
      remove: async (endpoint: string) => void removed.push(endpoint),
      sayAdd: () => '(bind)',
      sayRemove: (endpoint: string) => `(remove the certificate of ${endpoint})`,
    };
    const step = steps.find(({ id }) => id === 'bind-certificate');
    if (step === undefined) throw new Error('no such step');
    const plan = planFor('/apps/dante', { siteName: 'own', newSite });
    const seen = { bindings: [{ endpoint: 'ipport=0.0.0.0:443', shown: undefined }] };
    const asked = { ...context, target: { ...context.target, certificates } } as typeof context;
    const lines = await undoByHand({ undo: undoing(step), seen }, asked, plan);
    expect({ lines, removed }).toEqual({ lines: ['(remove the certificate of ipport=0.0.0.0:443)'], removed: [] });
  });
});
