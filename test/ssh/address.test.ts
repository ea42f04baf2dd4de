import { describe, expect, it } from 'vitest';
import { readSshAddress, withoutPassword } from '../../src/ssh/address.js';
import { sshArguments, sshProgram } from '../../src/ssh/command-line.js';

describe('an address of a server', () => {
  it.each([
    ['ssh://ann@web1', { user: 'ann', host: 'web1', port: undefined, site: undefined, path: undefined }],
    ['ssh://web1/', { user: undefined, host: 'web1', site: undefined, path: undefined }],
    [
      'SSH://ann@web1.example.com:2222/Default%20Web%20Site/a/b%20c',
      { port: 2222, site: 'Default Web Site', path: '/a/b c' },
    ],
    ['ssh://ann@web1/chat', { site: 'chat', path: undefined }],
    ['ssh://ann@web1/chat/', { site: 'chat', path: '/' }],
    ['ssh://ann@[fe80::1%25eth0]:22/chat/x', { host: 'fe80::1%eth0', port: 22 }],
    ['ssh://CORP%5Cann@web_1/S/p', { user: 'CORP\\ann', host: 'web_1' }],
    ['ssh://ann%40corp.example@web1', { user: 'ann@corp.example', host: 'web1' }],
    ['ssh://ann@web1/Gr%C3%B6%C3%9Fe%20%26%20100%25/%F0%9F%91%8B', { site: 'Größe & 100%', path: '/👋' }],
  ])('%s', (text, parts) => {
    expect(readSshAddress(text.replace('%25eth0', '%eth0'))).toMatchObject(parts);
  });

  it.each([
    ['ssh://ann:secret@web1/S', /password/],
    ['ssh://-oProxyCommand=calc/S', /no name of a host/],
    ['ssh://ann@-oProxyCommand=calc/S', /no name of a host/],
    ['ssh://-l@web1', /no name of a user/],
    ['ssh://a%20b@web1', /no name of a user/],
    ['ssh://a%0Ab@web1', /no name of a user/],
    ['ssh://$(id)@web1', /no name of a user/],
    ['ssh://ann@web 1', /no name of a host/],
    ['ssh://ann@web"1', /no name of a host/],
    ['ssh://ann@we;b1', /no name of a host/],
    ['ssh://ann@', /no name of a host/],
    ['ssh://ann@web1:99999', /no port/],
    ['ssh://ann@web1:0', /no port/],
    ['ssh://ann@web1:x/S', /form/],
    ['ssh:web1', /form/],
    ['ssh://ann@web1/100%/x', /%25/],
    ['ssh://ann@web1//x', /site is missing/],
  ])('refuses %s', (text, why) => {
    expect(() => readSshAddress(text)).toThrow(
      expect.objectContaining({ code: 'BAD_SSH_ADDRESS', why: expect.stringMatching(why) }),
    );
  });

  it.each([
    'ann:s3cret@web1/S',
    'ann:p@s3cret@web1/S',
    'ann:pa/s3cret@web1/S',
    'ann:p?s3cret#@web1',
    'a%3As3cret@web1',
    ':s3cret@web1',
  ])('shows no password: %s', (login) => {
    const address = `ssh://${login}`;
    expect(() => readSshAddress(address)).toThrow(
      expect.objectContaining({
        code: 'BAD_SSH_ADDRESS',
        message: expect.not.stringContaining('s3cret'),
        why: expect.stringContaining('It has a password'),
      }),
    );
    expect(withoutPassword(address)).toMatch(/^ssh:\/\/\w*@web1/);
  });

  it.each(['ssh://ann@web1:22/S/@x', 'ssh://web1/a:b@c', 'iis', 'C:\\a@b\\out.bat'])('shows all of %s', (text) => {
    expect(withoutPassword(text)).toBe(text);
  });
});

describe('the command line of ssh', () => {
  it('ends its options before the host', () => {
    expect(sshArguments({ user: 'CORP\\ann', host: '::1', port: 2222 }, 'LINE', true)).toEqual([
      ...['-T', '-p', '2222', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=30'],
      ...['--', 'CORP\\ann@::1', 'LINE'],
    ]);
    expect(sshArguments({ user: undefined, host: 'web1', port: undefined }, 'LINE', false)).toEqual([
      ...['-T', '-o', 'ConnectTimeout=30', '--', 'web1', 'LINE'],
    ]);
  });

  it("is that of the system's ssh on Windows, never one of the current folder", () => {
    expect(sshProgram({ SystemRoot: 'D:\\Win' }, 'win32')).toBe('D:\\Win\\System32\\OpenSSH\\ssh.exe');
    expect(sshProgram({}, 'linux')).toBe('ssh');
  });
});
