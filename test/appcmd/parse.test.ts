import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppcmdOutputError, appcmdFailure, parseAppcmdText, parseAppcmdXml } from '../../src/appcmd/index.js';

describe('parseAppcmdText', () => {
  it('reads a site whose bindings hold commas and colons', () => {
    const { entries } = parseAppcmdText(
      'SITE "GuessMeWeb" (id:2,bindings:http/*:61902:localhost,https/*:44300:localhost,state:Stopped)\r\n',
    );
    const [site] = entries;
    expect(site?.kind).toBe('SITE');
    expect(site?.name).toBe('GuessMeWeb');
    expect(site?.get('ID')).toBe('2');
    expect(site?.get('bindings')).toBe('http/*:61902:localhost,https/*:44300:localhost');
    expect(site?.get('state')).toBe('Stopped');
  });

  it('reads No Managed Code, which is printed as nothing after the colon', () => {
    const [pool] = parseAppcmdText('APPPOOL "X" (MgdVersion:,MgdMode:Integrated,state:Started)').entries;
    expect(pool?.get('MgdVersion')).toBe('');
    expect(pool?.get('MgdMode')).toBe('Integrated');
  });

  it('reads both forms of an error, over several lines', () => {
    const plain = parseAppcmdText('ERROR ( message:Cannot find SITE object with identifier "Missing". )\r\n');
    expect(plain.errors).toEqual([
      { hresult: undefined, message: 'Cannot find SITE object with identifier "Missing".' },
    ]);
    const api = parseAppcmdText(
      'ERROR ( hresult:800710d8, message:Command execution failed.\r\nThe object identifier does not represent a valid object.\r\n )\r\n',
    );
    expect(api.errors).toEqual([
      {
        hresult: 0x800710d8,
        message: 'Command execution failed.\nThe object identifier does not represent a valid object.',
      },
    ]);
  });

  it('reads help with its doubled carriage returns, and any unknown text, as messages', () => {
    expect(parseAppcmdText('"X" successfully started.\r\r\nServizio avviato\r\r\n').messages).toEqual([
      '"X" successfully started.',
      'Servizio avviato',
    ]);
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      'ERROR ( ',
      'hresult:8',
      ', message:',
      ' )',
      '\r\n',
      'SITE "',
      '" (',
      'id:1,',
      ')',
      'ä',
      '(',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((parts) => parts.join('')),
        ),
        (text) => {
          parseAppcmdText(text);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('parseAppcmdXml', () => {
  it('reads attributes in any order and any case, and the configuration below', () => {
    const [pool] = parseAppcmdXml(
      '<?xml version="1.0" encoding="UTF-8"?>\r\n<appcmd>\r\n  <APPPOOL state="Started" RuntimeVersion="" APPPOOL.NAME="x" new="1">\r\n<add name="x"><processModel idleTimeout="00:00:00" /></add>\r\n</APPPOOL></appcmd>\r\n',
    );
    expect(pool?.name).toBe('x');
    expect(pool?.get('runtimeversion')).toBe('');
    expect(pool?.configured('processModel.idleTimeout')).toBe('00:00:00');
    expect(pool?.configured('processModel.maxProcesses')).toBeUndefined();
    expect(pool?.configured('recycling.periodicRestart.time')).toBeUndefined();
  });

  it('returns an empty list for an empty response element', () => {
    expect(parseAppcmdXml('<appcmd />')).toEqual([]);
  });

  it.each(['', 'ERROR ( message:x )', '<other />', '<appcmd>'])(
    'rejects %j, which is not the format of /xml',
    (text) => {
      expect(() => parseAppcmdXml(text)).toThrow(AppcmdOutputError);
    },
  );

  it('throws no other error for any input', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseAppcmdXml(`<appcmd>${text}</appcmd>`);
        } catch (error) {
          expect(error).toBeInstanceOf(AppcmdOutputError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('appcmdFailure', () => {
  it('says "run elevated" for exit code 5, in any language of appcmd', () => {
    const error = appcmdFailure('appcmd list site', {
      exitCode: 5,
      stdout: 'ERROR ( message:Errore di configurazione\r\nNome file: redirection.config\r\n. )\r\n',
    });
    expect(error.code).toBe('NOT_ELEVATED');
    expect(error.next).toMatch(/elevated/);
    expect(error.exitCode).toBe(1);
  });

  it("keeps appcmd's text for unknown errors", () => {
    const error = appcmdFailure('appcmd x', { exitCode: 1234, stdout: 'ERROR ( message:Odd. )' });
    expect(error.code).toBe('APPCMD_FAILED');
    expect(error.why).toContain('Odd.');
  });
});
