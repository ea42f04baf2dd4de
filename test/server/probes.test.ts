import { describe, expect, it } from 'vitest';
import { components } from '../../src/server/probes/components.js';
import { consoleCodePage } from '../../src/server/probes/console-code-page.js';
import { disk } from '../../src/server/probes/disk.js';
import { nodeProgram } from '../../src/server/probes/node-program.js';
import { poolState } from '../../src/server/probes/pool-state.js';
import { service } from '../../src/server/probes/service.js';
import { probes } from '../../src/server/probes.js';
import { poolSid } from '../../src/server/rights.js';
import type { AppOnServer, Probe } from '../../src/server/types.js';
import { dante } from './recorded.js';

const scriptFor = (probe: Probe, app?: AppOnServer): string => {
  const question = probe.ask(app);
  return question !== undefined && 'script' in question ? question.script : '';
};

describe('the probes', () => {
  it('run programs by their parts below system32 alone', () => {
    for (const probe of probes) {
      const question = probe.ask(dante);
      if (question === undefined || 'script' in question) continue;
      for (const part of question.program) expect(part).toMatch(/^[\w.]+$/);
      expect(question.program.at(-1)).toMatch(/\.exe$/);
    }
  });

  it('components: each with whether it is there', () => {
    const text =
      '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\InetStp\\Components\r\n    W3SVC    REG_DWORD    0x1\r\n    WebSockets    REG_DWORD    0x1\r\n    HttpCompressionDynamic    REG_DWORD    0x0\r\n    Odd    REG_SZ    0x1\r\n';
    expect(components.read(text, undefined)).toEqual({
      components: { W3SVC: true, WebSockets: true, HttpCompressionDynamic: false },
    });
  });

  it.each([
    ['    OEMCP    REG_SZ    850\r\n', 850],
    ['    OEMCP    REG_SZ    65001\r\n', 65_001],
    ['    OEMCP    REG_SZ    x\r\n', undefined],
  ])('the code page of the console: %j', (text, expected) =>
    expect(consoleCodePage.read(text, undefined).consoleCodePage).toBe(expected),
  );

  it.each([
    '[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\nThe specified service does not exist as an installed service.\r\n',
    '[SC] EnumQueryServicesStatus:OpenService FEHLER 1060:\r\n\r\nDer angegebene Dienst ist kein installierter Dienst.\r\n',
  ])('a service that is not there, in any language: %j', (text) => {
    const { answers, read } = service('WAS', 'was');
    expect(answers?.test(text)).toBe(true);
    expect(read(text, undefined)).toEqual({ was: 'missing' });
  });

  it('free space: on a drive', () => {
    expect(scriptFor(disk, dante)).toContain("'C:'");
    expect(disk.read('1073741824\n', dante)).toEqual({ disk: { drive: 'C:', freeBytes: 1_073_741_824 } });
    expect(disk.read('lots', dante)).toEqual({});
    expect(disk.ask({ directory: '\\\\server\\share' })).toBeUndefined();
    expect(disk.ask(undefined)).toBeUndefined();
  });

  it.each([
    ['Started\r\n', 'Started'],
    ['Stopped', 'Stopped'],
    ['ERROR ( message:x )', undefined],
  ])('the state of the pool: %j', (text, expected) => expect(poolState.read(text, dante).poolState).toBe(expected));

  it('the pool is one argument, whatever its name', () => {
    const named = { ...dante, pool: { name: 'a "b" & c', identity: '' } };
    expect(poolState.ask(named)).toMatchObject({ args: ['list', 'apppool', '/apppool.name:a "b" & c', '/text:state'] });
    expect(poolState.ask({ directory: 'C:\\x' })).toBeUndefined();
  });
});

describe('node.exe', () => {
  it('is looked for as nodeProcessCommandLine has it', () => {
    expect(scriptFor(nodeProgram)).toContain("'node.exe'");
    expect(scriptFor(nodeProgram, { ...dante, nodeProgram: 'node' })).toContain("'node.exe'");
    const full = scriptFor(nodeProgram, { ...dante, nodeProgram: "%ProgramFiles%\\it's\\node.exe" });
    expect(full).toContain("X '%ProgramFiles%\\it''s\\node.exe'");
    expect(full).not.toContain('Split(');
    expect(nodeProgram.ask({ ...dante, nodeProgram: '..\\node\\node.exe' })).toBeUndefined();
  });

  it('of the pool: path, version, bitness, the target of a link, and whether the pool may run it', () => {
    const text = [
      'node\tC:\\Program Files\\nodejs\\node.exe\t20.11.1\t34404',
      'rights\tC:\\Program Files\\nodejs\\node.exe\tD:P(A;;FA;;;SY)(A;;FA;;;S-1-5-21-1-2-3-1001)',
      'target\tC:\\Users\\Ann\\AppData\\Roaming\\nvm\\v20.11.1',
    ].join('\n');
    const path = 'C:\\Program Files\\nodejs\\node.exe';
    expect(nodeProgram.read(text, dante)).toEqual({
      node: {
        path,
        version: '20.11.1',
        bits: 64,
        from: 'PATH',
        target: 'C:\\Users\\Ann\\AppData\\Roaming\\nvm\\v20.11.1',
      },
      rights: [{ of: 'node', path, account: 'IIS AppPool\\Dante', needs: 'execute', allowed: 'no' }],
    });
    const ofUser = { ...dante, pool: { name: 'Dante', identity: 'SpecificUser', userName: '.\\ann' } };
    expect(nodeProgram.read(`user\tS-1-5-21-1-2-3-1001\n${text}`, ofUser).rights?.[0]?.allowed).toBe('yes');
    expect(scriptFor(nodeProgram, ofUser)).toContain("('.\\ann' -replace '^\\.\\\\',($env:COMPUTERNAME+'\\'))");
    expect(nodeProgram.read(text.replace('FA;;;SY', `FA;;;${poolSid('dante')}`), dante).rights?.[0]?.allowed).toBe(
      'yes',
    );
    expect(nodeProgram.read(text, { ...dante, nodeProgram: path }).node?.from).toBe('nodeProcessCommandLine');
  });

  it('that a pool does not find, with the one that the user has', () => {
    expect(nodeProgram.read('node\t\nown\tC:\\Users\\Ann\\fnm\\node.exe', dante)).toEqual({
      node: null,
      ownNode: 'C:\\Users\\Ann\\fnm\\node.exe',
    });
    expect(nodeProgram.read('node\t\nown\t', undefined)).toEqual({ node: null, ownNode: undefined });
    expect(nodeProgram.read('', dante)).toEqual({});
  });
});
