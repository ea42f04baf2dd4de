import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

const handler = '<add name="x" path="server.js" verb="*" modules="iisnode" />';

let folder: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  const app = path.join(folder, 'app');
  mkdirSync(app);
  // The doctor's rules have something to say of it, which takes a moment for a large app.
  const sections = `<handlers>${handler}${handler}</handlers>`;
  const text = `<configuration><system.webServer>${sections}</system.webServer></configuration>`;
  writeFileSync(path.join(app, 'web.config'), text);
  writeFileSync(path.join(app, 'server.js'), '');
  writeFileSync(path.join(folder, 'own.zip'), 'of another program');
});
afterAll(() => remove());

const deploy = (...args: readonly string[]) =>
  cliHere(['deploy', 'app', ...args], { cwd: folder, environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis') } });

const twoServers = ['--to', 'embedded', '--to', 'x.bat'];

describe('a wrong option is refused before the app is examined', () => {
  it.each([
    ['VDIR_PATH_INVALID', ['--to', 'embedded', '--path', 'chat']],
    ['VDIR_PATH_INVALID', ['--to', 'embedded', '--path', 'chat', '--check']],
    ['VDIR_PATH_INVALID', [...twoServers, '--path', '/a//b']],
    ['VDIR_PATH_INVALID', ['--to', 'ssh://a@web1', '--path', 'chat']],
    ['VDIR_PATH_INVALID', ['--to', 'azure://chat', '--path', 'chat']],
    ['UNKNOWN_TARGET', ['--to', 'embeded']],
    ['UNKNOWN_TARGET', ['--to', 'https://example.com', '--check']],
    ['UNKNOWN_TARGET', ['--to', 'embedded', '--to', 'ftp://a', '--dry-run']],
    ['SERVER_TWICE', ['--to', 'embedded', '--to', 'embedded']],
    ['SERVER_TWICE', ['--to', 'embedded', '--to', 'embedded', '--check']],
    ['SERVER_TWICE', ['--to', 'ssh://a@web1/Chat/dante', '--to', 'ssh://a@WEB1:22/chat/dante', '--dry-run']],
    ['SERVER_TWICE', ['--to', 'azure://chat', '--to', 'embedded', '--to', 'azure://Chat/production', '--keep-going']],
    ['SERVER_TWICE', ['--to', 'x.zip', '--to', './x.zip']],
    ['AZURE_ADDRESS', ['--to', 'azure://a/b/c']],
    ['BAD_SSH_ADDRESS', ['--to', 'ssh://']],
    ['BAD_POOL_NAME', ['--to', 'embedded', '--pool', 'a|b']],
    ['BAD_SITE_NAME', ['--to', 'embedded', '--new-site', 'a/b']],
    ['BAD_BINDING', ['--to', 'embedded', '--new-site', 'a', '--binding', 'chat']],
    ['BINDING_WITHOUT_SITE', ['--to', 'embedded', '--binding', 'http://chat']],
    ['BAD_CERTIFICATE', ['--to', 'embedded', '--new-site', 'a', '--certificate', '12']],
    ['NEW_SITE_AND_SITE', ['--to', 'embedded', '--new-site', 'a', '--site', 'b']],
    ['NEW_SITE_AT_ROOT', ['--to', 'embedded', '--new-site', 'a', '--path', '/b']],
    ['PORT_NOT_OURS', ['--to', 'x.bat', '--port', '80']],
    ['NOT_OVER_SSH', ['--to', 'ssh://a@web1', '--in-place']],
    ['AZURE_OPTION', ['--to', 'azure://chat', '--site', 'b', '--check']],
    ['RELEASES_AND_IN_PLACE', ['--to', 'embedded', '--releases', '--in-place']],
    ['RELEASES_NOT_THERE', ['--to', 'x.zip', '--releases']],
    ['EXPECT_NOT_CHECKED', ['--to', 'embedded', '--expect', '/=200', '--no-verify']],
    ['INSTALL_NOT_THERE', ['--to', 'embedded', '--install-on-server']],
    ['INSTALL_NOT_HERE', ['--to', 'embedded', '--install-iisnode', 'x.msi']],
    ['MSI_NOT_FOUND', ['--to', 'ssh://a@web1', '--install-rewrite', 'x.msi']],
    ['TIME_LIMIT_NOT_USED', ['--to', 'embedded', '--time-limit', '3']],
    ['SERVER_PATH_NOT_USED', ['--to', 'embedded', '--server-path', 'C:\\x']],
    ['SCRIPT_FOLDER_NOT_FOUND', ['--to', 'none/x.bat']],
    ['ZIP_FOLDER_NOT_FOUND', ['--to', 'none/x.zip']],
    ['FILE_EXISTS', ['--to', 'own.zip']],
  ])('%s: %j', async (code, args) => {
    const { code: exit, stdout, stderr } = await deploy(...args);
    expect({ exit, stdout, stderr }).toEqual({
      exit: 2,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^error ${code}  .*\\n  .*\\n  next: .*\\n$`)),
    });
  });

  it('and one that is right goes on to the app', async () => {
    const { code, stderr } = await deploy('--to', 'embedded', '--path', '/chat');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^! DUPLICATE_ENTRY [\s\S]*APP_HAS_ERRORS/m),
    });
  });
});
