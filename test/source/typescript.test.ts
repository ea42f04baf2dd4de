import { describe, expect, it } from 'vitest';
import { contextOf, type ScriptContext } from '../../src/source/context.js';
import { readListens } from '../../src/source/listens.js';
import { parseScript } from '../../src/source/script.js';
import { readSocketClients } from '../../src/source/socket-client.js';
import { readSocketServers } from '../../src/source/socket-server.js';

function context(text: string): ScriptContext {
  const found = contextOf(parseScript({ file: 'x.tsx', text }));
  if (!found) throw new Error('nothing to read');
  return found;
}

describe('TypeScript and JSX', () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: code under test
  it.each([
    [
      "import { Server, type Socket } from 'socket.io';\nconst io: Server = new Server<A, B>(http, { path: '/a' });",
      '/a',
      2,
    ],
    [
      "import { Server } from 'socket.io';\nlet a: B;\nconst io = new Server<{ m: (m: M) => void }>(http);",
      undefined,
      3,
    ],
    [
      "import * as sio from 'socket.io';\nlet a: B;\nexport const io = new sio.Server(http as any, { path: '/b' });",
      '/b',
      3,
    ],
    [
      "import { Server } from 'socket.io';\nclass G { io!: Server; constructor() { this.io = new Server(h, { path: '/c' }); } }",
      '/c',
      2,
    ],
    [
      "import { Server } from 'socket.io';\nconst base: string = '/d';\nnew Server(h, { path: `${base}/socket.io` });",
      '/d/socket.io',
      3,
    ],
    [
      "import { Server } from 'socket.io';\nconst p = process.env.BASE as string;\nnew Server(h, { path: p + '/x' });",
      'environment',
      3,
    ],
  ])('%j: its server answers at %s', (code, path, line) => {
    const [server, ...others] = readSocketServers(context(code)).servers;
    const value = server?.options.path?.value;
    expect(value?.kind === 'literal' ? value.value : value?.kind).toBe(path);
    expect(server?.at.line).toBe(line);
    expect(others).toEqual([]);
  });

  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: code under test

  it('reads options beside types', () => {
    const code = "import { Server } from 'socket.io';\nnew Server(h, { allow: (r: Request) => true, path: '/a' });";
    const [server] = readSocketServers(context(code)).servers;
    expect(server?.options).toMatchObject({ known: true, path: { value: { value: '/a' } } });
  });

  it('does not know options that come from elsewhere, rather than take them for none', () => {
    const code = "import { Server } from 'socket.io';\nnew Server(h, { ...(options as Partial<ServerOptions>) });";
    expect(readSocketServers(context(code)).servers[0]?.options).toMatchObject({ known: false, path: undefined });
  });

  it.each([
    ['const app: Express = x;\napp.listen(3000, (): void => {});', 3000],
    ['const port: number = 8080;\napp.listen(port);', 8080],
    ['let a: B;\nhttpServer.listen(process.env.PORT || 4000);', 'environment'],
  ])('%j listens at %s', (code, port) => {
    const [listen] = readListens(context(code));
    expect(listen?.port.kind === 'literal' ? listen.port.value : listen?.port.kind).toBe(port);
  });

  it.each([
    [
      "import { io } from 'socket.io-client';\nexport function App() {\n  const [s] = useState(() => io('/a'));\n  return <p>don't</p>;\n}",
      3,
    ],
    [
      "import io from 'socket.io-client';\nfunction A() {\n  useEffect(() => {\n    const socket = io(URL, { path: '/a' });\n  });\n  const socket = 1;\n  return <b/>;\n}",
      4,
    ],
  ])('%j: its client is found where it stands', (code, line) => {
    expect(readSocketClients(context(code)).map(({ at }) => at.line)).toEqual([line]);
  });

  it.each([
    'async function f() { await a(); const g = async <T>(b: T): Promise<T> => await b; const h = async <T,>(c: T) => c; }',
    'function* f() { yield a; const g = async <T>(b: T = 1): Promise<T> => b; }',
    'const f = <T extends object>(a: T) => a;',
    'namespace N { const a = 1; export { a as b }; }',
  ])('%s is TypeScript, whatever the parser makes of it', (code) => {
    expect(parseScript({ file: 'x.ts', text: code }).failure).toBeUndefined();
    expect(parseScript({ file: 'x.tsx', text: code }).failure).toBeUndefined();
  });

  it('passes over comments and strings', () => {
    const code =
      "import { Server } from 'socket.io';\nlet a: B;\n// new Server(h)\n/* new Server(h) */ const s = 'new Server(h)';";
    expect(readSocketServers(context(code)).servers).toEqual([]);
  });
});
