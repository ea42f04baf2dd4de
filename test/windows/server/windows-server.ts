import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { type AppcmdStore, executeAppcmd, fileStore, listPools, parseAppcmdXml } from '../../../src/appcmd/index.js';
import { applicationHostText } from '../../../src/config/index.js';
import { windowsPath } from '../windows-node.js';
import { AccessLists } from './access-lists.js';
import { Accounts, type Language } from './accounts.js';
import { icacls } from './icacls.js';

/** One run of a stand-in, as the program itself has seen it. */
export interface Call {
  /** appcmd.exe */
  readonly program: string;
  /** C:\windows\system32\inetsrv\appcmd.exe */
  readonly file: string;
  readonly folder: string;
  /** GetCommandLineW. */
  readonly commandLine: string;
  /** argv without the program. */
  readonly args: readonly string[];
  /** What tar.exe and powershell.exe read from stdin; empty for the others. */
  readonly input: Buffer;
}

/** Lines end with \n: the stand-in of a Windows program writes \r\n. */
export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
}

/** What the program does; undefined: it does as usual. */
export type Intervention = (call: Call) => Answer | undefined | Promise<Answer | undefined>;

/** A Windows server in wine: IIS's configuration and rights are kept here, its programs are real ones that ask here. */
export interface WindowsServer {
  /** For programs that run on it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its applicationHost.config, on this machine. */
  readonly applicationHostFile: string;
  /** The port of the Default Web Site. */
  readonly port: number;
  readonly calls: Call[];
  readonly rights: AccessLists;
  readonly accounts: Accounts;
  /** OEM code page of its console; 65001 in the beginning. */
  codePage: number;
  /** Asked before each run of a program. */
  intervene: Intervention | undefined;
  /** What iisexpress.exe does; `gone` resolves when the process has been ended. */
  express: ((call: Call, gone: Promise<void>) => Promise<void>) | undefined;
  /** appcmd, without a process. */
  appcmd(...args: string[]): Promise<Answer>;
  /** A path of the server as this machine sees it. */
  hostPath(windows: string): string;
  close(): Promise<void>;
}

/** The wine prefix of the server; test/provision.mjs makes it. */
export const serverPrefix = process.env.WINDOWS_SERVER ?? 'WINDOWS_SERVER is not set: npm test sets it';

/**
 * Starts a server with a fresh IIS.
 * @param folder a folder of the test's own.
 * @param port of its Default Web Site.
 */
export async function startWindowsServer(
  folder: string,
  { port, language = 'en' }: { readonly port: number; readonly language?: Language },
): Promise<WindowsServer> {
  const configFolder = path.join(folder, 'inetsrv');
  mkdirSync(configFolder, { recursive: true });
  const ofSystem = systemConfiguration(configFolder);
  const applicationHostFile = path.join(configFolder, 'applicationHost.config');
  writeFileSync(applicationHostFile, freshConfiguration(port));
  const store: AppcmdStore = { ...fileStore(applicationHostFile), running: async () => true };
  const poolNames = async (): Promise<string[]> =>
    parseAppcmdXml((await executeAppcmd(listPools(), store)).stdout).map(({ name }) => name);
  const accounts = new Accounts(poolNames, language);
  const rights = new AccessLists();
  const server: WindowsServer = {
    environment: {},
    applicationHostFile,
    port,
    calls: [],
    rights,
    accounts,
    codePage: 65001,
    intervene: undefined,
    express: undefined,
    appcmd: (...args) => executeAppcmd(args, store),
    hostPath,
    close: async () => {
      rmSync(ofSystem, { force: true });
      await new Promise<void>((resolve) => void door.close(() => resolve()));
    },
  };
  const door = net.createServer({ allowHalfOpen: true }, (socket) => void answer(socket, server));
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const { port: doorPort } = door.address() as net.AddressInfo;
  Object.assign(server.environment, {
    WINEPREFIX: serverPrefix,
    // wine would run its own programs of these names: its icacls says yes to everything, and so do its findstr and its fc.
    WINEDLLOVERRIDES: 'icacls.exe,msiexec.exe,powershell.exe,chcp.com,findstr.exe,fc.exe=n',
    STAND_IN_PORT: String(doorPort),
    IISNODE_SOCK_HOME: windowsPath(path.join(folder, 'home')),
  });
  return server;
}

/** The server's own place for it is this test's folder: these tests run one after another. */
function systemConfiguration(folder: string): string {
  const place = path.join(serverPrefix, 'drive_c', 'windows', 'system32', 'inetsrv', 'config');
  rmSync(place, { force: true });
  symlinkSync(folder, place);
  return place;
}

const freshConfiguration = (port: number): string =>
  applicationHostText({
    pools: ['DefaultAppPool'],
    sites: [
      {
        name: 'Default Web Site',
        id: 1,
        bindings: [{ protocol: 'http', information: `*:${port}:` }],
        applications: [{ path: '/', physicalPath: 'C:\\inetpub\\wwwroot', pool: 'DefaultAppPool' }],
      },
    ],
  });

/** Z: is the root of this machine. */
function hostPath(windows: string): string {
  const [, drive = '', rest = ''] = /^([a-z]):(.*)$/i.exec(windows.replaceAll('\\', '/')) ?? [];
  if (drive.toLowerCase() === 'z') return rest === '' ? '/' : rest;
  return path.join(serverPrefix, `drive_${drive.toLowerCase()}`, rest);
}

/** The programs by name, lower case. */
const programs: Readonly<Record<string, (call: Call, server: WindowsServer) => Promise<Answer>>> = {
  // IIS Express's own has the file in its arguments.
  'appcmd.exe': ({ args }, server) => server.appcmd(...args.map((word) => hostFileIn(word, server))),
  'icacls.exe': (call, server) => icacls(call, server),
  'chcp.com': async (_, { codePage, accounts }) => ({
    exitCode: 0,
    stdout: accounts.language === 'de' ? `Aktive Codepage: ${codePage}.\n` : `Active code page: ${codePage}\n`,
  }),
  'msiexec.exe': async (call, server) => install(call, server),
  'tar.exe': async (call, server) => tar(call, server),
  'fc.exe': async (call, server) => fc(call, server),
  'findstr.exe': async (call, server) => findstr(call, server),
  'curl.exe': async (call, server) => curl(call, server),
  'arguments.exe': async () => ({ exitCode: 0, stdout: '' }),
};

const hostFileIn = (word: string, { hostPath: placeOf }: WindowsServer): string =>
  word.replace(/^(\/apphostconfig:)(.*)$/i, (_, name: string, file: string) => name + placeOf(file));

/** Says what it would install, in the log that `/l*v FILE` names: UTF-16, as Windows Installer writes it. */
function install({ args, folder }: Call, server: WindowsServer): Answer {
  const [, packageFile = ''] = /^\/i$/i.test(args[0] ?? '') ? args : [];
  const log = args[args.findIndex((word) => /^\/l/i.test(word)) + 1];
  const there = existsSync(server.hostPath(path.win32.resolve(folder, packageFile)));
  if (log !== undefined && log !== args[0]) {
    const text = `\ufeff=== Verbose logging started ===\r\nPackage: ${packageFile}\r\n`;
    writeFileSync(server.hostPath(path.win32.resolve(folder, log)), text, 'utf16le');
  }
  // ERROR_INSTALL_PACKAGE_OPEN_FAILED (winerror.h)
  return { exitCode: packageFile !== '' && there ? 0 : 1619, stdout: '' };
}

/** Every app answers; its head goes to the file of `-D`. */
function curl({ args, folder }: Call, server: WindowsServer): Answer {
  const file = args[args.indexOf('-D') + 1] ?? '';
  writeFileSync(
    server.hostPath(path.win32.resolve(folder, file)),
    'HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/10.0\r\n\r\n',
  );
  return { exitCode: 0, stdout: '' };
}

/** `/i /l /c:TEXT ... FILE`: 0 where a line of the file has one of the texts, ignoring case, else 1. */
function findstr({ args, folder }: Call, server: WindowsServer): Answer {
  const texts = args.filter((word) => word.startsWith('/c:')).map((word) => word.slice('/c:'.length).toLowerCase());
  const file = server.hostPath(path.win32.resolve(folder, args.at(-1) ?? ''));
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  const found = lines.filter((line) => texts.some((text) => line.toLowerCase().includes(text)));
  return { exitCode: found.length > 0 ? 0 : 1, stdout: found.map((line) => `${line}\n`).join('') };
}

/** `/b ONE OTHER`: 0 for the same bytes, 1 for others, 2 for a file that is not there. */
function fc({ args: [, ...files], folder }: Call, server: WindowsServer): Answer {
  const [one = '', other = ''] = files.map((file) => server.hostPath(path.win32.resolve(folder, file)));
  if (!existsSync(one) || !existsSync(other)) return { exitCode: 2, stdout: 'FC: cannot open the file\n' };
  return { exitCode: readFileSync(one).equals(readFileSync(other)) ? 0 : 1, stdout: '' };
}

/** Windows has bsdtar: this machine's tar does the same for the words that both know. */
function tar({ args, folder, input }: Call, server: WindowsServer): Answer {
  const words = args.map((word) => (/^[a-z]:/i.test(word) ? server.hostPath(word) : word));
  const { status, stdout, stderr } = spawnSync('tar', words, { cwd: server.hostPath(folder), input });
  return { exitCode: status ?? 1, stdout: String(stdout) + String(stderr) };
}

async function answer(socket: net.Socket, server: WindowsServer): Promise<void> {
  const call = await readCall(socket);
  server.calls.push(call);
  if (call.program.toLowerCase() === 'iisexpress.exe') {
    await server.express?.(call, gone(socket));
    socket.destroy();
    return;
  }
  let given: Answer;
  try {
    const usual = programs[call.program.toLowerCase()];
    given = (await server.intervene?.(call)) ??
      (await usual?.(call, server)) ?? { exitCode: 13, stdout: `stand-in: ${call.program} is not known\n` };
  } catch (error) {
    given = { exitCode: 14, stdout: `stand-in: ${String(error)}\n` };
  }
  const head = Buffer.alloc(8);
  head.writeUInt32LE(given.exitCode >>> 0, 0);
  head.writeUInt32LE(server.codePage, 4);
  socket.end(Buffer.concat([head, Buffer.from(given.stdout.replace(/\r?\n/g, '\r\n'))]));
}

/** What goes to a program that has ended is answered with an error: so it is written to, time and again. */
async function gone(socket: net.Socket): Promise<void> {
  socket.on('error', () => undefined);
  socket.write(Buffer.alloc(8));
  const beat = setInterval(() => socket.write('\n'), 100);
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  clearInterval(beat);
}

/** The fields of stand-in.c, and what it read. */
async function readCall(socket: net.Socket): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const fields: string[] = [];
  let at = 4;
  for (let left = bytes.readUInt32LE(0); left > 0; left--) {
    const end = at + 4 + bytes.readUInt32LE(at);
    fields.push(bytes.toString('utf16le', at + 4, end));
    at = end;
  }
  const [file = '', folder = '', commandLine = '', ...args] = fields;
  return { program: path.win32.basename(file), file, folder, commandLine, args, input: bytes.subarray(at) };
}
