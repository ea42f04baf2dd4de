import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { tracer, webConfig } from './support.js';

const dante = webConfig(`<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
    <webSocket enabled="false" />
    <iisnode nodeProcessCountPerApplication="2" nodeProcessStickySessions="true" />
    <rewrite><rules><rule name="socket.io" stopProcessing="true"><match url="^socket\\.io(/|$)" />
      <conditions><add input="{HTTP_HOST}" pattern="(.*)" /></conditions>
      <action type="Rewrite" url="server.js" /></rule>
      <rule name="never"><match url="^never$" /><action type="Redirect" url="/x" /></rule></rules></rewrite>`);

const app = { 'web.config': dante, 'server.js': '', 'index.html': 'hello', 'lib/x.unknown': '' };

describe('a socket.io URL', () => {
  it('goes by its rule to iisnode; the contract of trace --json', () => {
    const { trace, directory } = tracer(app);
    const { url, method, steps, outcome } = trace('http://localhost/dante/socket.io/?EIO=4');
    expect([url, method]).toEqual(['http://localhost/dante/socket.io/?EIO=4', 'GET']);
    const rules = steps.filter((step) => step.stage === 'rewrite');
    expect(rules).toEqual([
      {
        stage: 'rewrite',
        rule: 'socket.io',
        matched: true,
        verdict: 'applied',
        input: 'socket.io/',
        pattern: '^socket\\.io(/|$)',
        captures: ['socket.io/', '/'],
        conditions: [
          {
            input: '{HTTP_HOST}',
            expanded: 'localhost',
            matchType: 'Pattern',
            pattern: '(.*)',
            negate: false,
            matched: true,
          },
        ],
        result: '/dante/server.js?EIO=4',
        events: [
          'RULE_EVALUATION_START',
          'PATTERN_MATCH',
          'CONDITIONS_EVALUATION_START',
          'CONDITION_EVALUATION',
          'CONDITIONS_EVALUATION_END',
          'REWRITE_ACTION',
          'RULE_EVALUATION_END',
        ],
        file: path.join(directory, 'web.config'),
        line: 6,
      },
      expect.objectContaining({ rule: 'never', matched: false, note: 'not reached', line: 9 }),
    ]);
    expect(outcome).toEqual({
      kind: 'handler',
      url: '/dante/server.js?EIO=4',
      handler: 'iisnode',
      modules: ['iisnode'],
      script: path.join(directory, 'server.js'),
      app: '/dante',
    });
  });

  it('says what node sees, and how many processes there are', () => {
    const { trace } = tracer(app);
    const step = trace('/dante/socket.io/a%20b?EIO=4').steps.find(({ stage }) => stage === 'iisnode');
    expect(step).toMatchObject({
      result: 'GET /dante/socket.io/a%20b?EIO=4',
      note: '2 node processes, sticky sessions by the cookie iisnode.session.cookie',
    });
  });

  it('as a WebSocket passes to iisnode when the module is off, and is taken when it is on', () => {
    const { trace } = tracer(app);
    const off = trace('ws://localhost/dante/socket.io/?EIO=4');
    expect(off.steps.find(({ stage }) => stage === 'websocket')).toMatchObject({ matched: false, line: 4 });
    expect(off.outcome.kind).toBe('handler');
    const on = tracer({ ...app, 'web.config': dante.replace('<webSocket enabled="false" />', '') }).trace;
    expect(on('ws://localhost/dante/socket.io/').outcome).toMatchObject({ kind: 'error', status: 400 });
    const byHeader = on('/dante/socket.io/', {
      headers: [
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
      ],
    });
    expect(byHeader.outcome).toMatchObject({ kind: 'error', status: 400 });
  });

  it('at a site root', () => {
    const { trace } = tracer(app, '/');
    expect(trace('/socket.io/?EIO=4').outcome).toMatchObject({ kind: 'handler', url: '/server.js?EIO=4', app: '/' });
  });

  it('outside of the application is a 404: its rules are not asked', () => {
    const { outcome, steps } = tracer(app).trace('/socket.io/?EIO=4');
    expect(outcome).toMatchObject({ kind: 'error', status: 404, app: '/' });
    expect(steps.some(({ stage }) => stage === 'rewrite')).toBe(false);
  });
});

describe('a script that node cannot run', () => {
  const config = webConfig('<handlers><add name="all" path="*" verb="*" modules="iisnode" /></handlers>');

  it('is a folder without an index.js, which is reported', () => {
    const { trace } = tracer({ 'web.config': config, 'lib/x.txt': '', 'run/index.js': '' });
    expect(trace('/dante/lib/').outcome.message).toMatch(/is a folder, and has no index\.js/);
    expect(trace('/dante/run/').outcome.message).toBeUndefined();
  });

  it('is below a file', () => {
    const { trace } = tracer({ 'web.config': config, 'server.js': '' });
    expect(trace('/dante/server.js/x').outcome).toMatchObject({ status: 500, subStatus: 1000 });
  });
});

describe('other URLs', () => {
  it.each([
    ['/dante/index.html', { kind: 'handler', status: 200, handler: 'StaticFile' }],
    ['/dante/', { kind: 'handler', status: 200, handler: 'StaticFile', url: '/dante/' }],
    ['/dante', { kind: 'redirect', status: 301, location: '/dante/' }],
    ['/dante/lib?x', { kind: 'redirect', status: 301, location: '/dante/lib/?x' }],
    ['/dante/lib/', { kind: 'error', status: 403, subStatus: 14 }],
    ['/dante/nope.html', { kind: 'error', status: 404, subStatus: 0 }],
    ['/dante/lib/x.unknown', { kind: 'error', status: 404, subStatus: 3 }],
    ['/dante/web.config', { kind: 'error', status: 404, subStatus: 8 }],
    ['/dante/a%252e', { kind: 'error', status: 404, subStatus: 11 }],
    ['/dante/server.js', { kind: 'handler', handler: 'iisnode' }],
    ['/dante/sub/server.js', { kind: 'error', status: 500, subStatus: 1000 }],
    ['/dante/lib/server.js', { kind: 'error', status: 404, subStatus: 0 }],
    ['/dante/%zz', { kind: 'error', status: 400 }],
  ])('%s', (url, outcome) => expect(tracer(app).trace(url).outcome).toMatchObject(outcome));

  it('POST to a file is 405, OPTIONS is answered by IIS', () => {
    const { trace } = tracer(app);
    expect(trace('/dante/index.html', { method: 'POST' }).outcome).toMatchObject({ kind: 'error', status: 405 });
    expect(trace('/dante/index.html', { method: 'OPTIONS' }).outcome).toMatchObject({ kind: 'handler', status: 200 });
  });

  it('a default document that iisnode handles is its script', () => {
    const config = webConfig(`<defaultDocument><files><add value="server.js" /></files></defaultDocument>
      <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>`);
    const { trace, directory } = tracer({ 'web.config': config, 'server.js': '' });
    expect(trace('/dante/').outcome).toMatchObject({
      kind: 'handler',
      handler: 'iisnode',
      url: '/dante/',
      script: path.join(directory, 'server.js'),
    });
  });

  it('reports the handlers that do not match, and why', () => {
    const { steps } = tracer(app).trace('/dante/index.html');
    const handlers = steps.filter(({ stage }) => stage === 'handler');
    expect(handlers.find(({ rule }) => rule === 'iisnode')).toMatchObject({
      matched: false,
      pattern: 'server.js',
      note: 'path="server.js" does not match /dante/index.html',
      line: 3,
    });
    expect(handlers.at(-1)).toMatchObject({ rule: 'StaticFile', matched: true });
  });

  it.each([
    [
      '<action type="Redirect" url="other" redirectType="Found" />',
      { kind: 'redirect', status: 302, location: 'http://localhost/dante/other?q' },
    ],
    ['<action type="AbortRequest" />', { kind: 'abort' }],
    [
      '<action type="CustomResponse" statusCode="403" subStatusCode="9" />',
      { kind: 'error', status: 403, subStatus: 9 },
    ],
    ['<action type="Rewrite" url="http://other:3000/" />', { kind: 'error', status: 502, subStatus: 3 }],
    ['<action type="Rewrite" url="{Nope:1}" />', { kind: 'error', status: 500, subStatus: 50 }],
  ])('%s', (action, outcome) => {
    const rules = `<rewrite><rules><rule name="r"><match url="^x$" />${action}</rule></rules></rewrite>`;
    expect(tracer({ 'web.config': webConfig(rules) }).trace('/dante/x?q').outcome).toMatchObject(outcome);
  });
});

describe('a broken configuration is the outcome', () => {
  it('malformed XML: 500.19 with the place', () => {
    const { trace, directory } = tracer({ 'web.config': '<configuration>\n<system.webServer>' });
    const { outcome, steps } = trace('/dante/x');
    expect(outcome).toMatchObject({
      kind: 'error',
      status: 500,
      subStatus: 19,
      file: path.join(directory, 'web.config'),
    });
    expect(outcome.line).toBeGreaterThan(0);
    expect(steps.at(-1)?.note).toMatch(/not well-formed XML: .*no end tag.*\(0x8007000d\)/);
  });

  it.each([
    ['<bar />', 'unknown-section', '0x8007000d', 'missing a section declaration'],
    [
      '<serverRuntime />',
      'locked',
      '0x80070021',
      'system.webServer/serverRuntime: This configuration section cannot be used',
    ],
    ['<modules><remove name="StaticFileModule" /></modules>', 'lock violation', '0x80070021', 'Lock violation'],
    ['<handlers><add name="x" path="x" /></handlers>', 'missing', '0x8007000d', "Missing required attribute 'verb'"],
    [
      '<httpErrors errorMode="Some" />',
      'enum',
      '0x8007000d',
      "The 'errorMode' attribute is invalid.  Enum must be one of",
    ],
    [
      '<iisnode /><iisnode />',
      'doubled',
      '0x800700b7',
      "There is a duplicate 'system.webServer/iisnode' section defined",
    ],
    ['<globalModules />', 'server only', '0x80070021', 'can only be set in ApplicationHost.config'],
  ])('%s (%s) is %s, with the line', (text, _, hresult, message) => {
    const { outcome, steps } = tracer({ 'web.config': webConfig(`\n${text}`) }).trace('/dante/x.js');
    expect(outcome).toMatchObject({ status: 500, subStatus: 19, line: 4 });
    const wrong = steps.filter(({ stage, matched }) => stage === 'configuration' && matched === false);
    const said = wrong.map(({ note }) => note);
    expect(said).toEqual([expect.stringContaining(message)]);
    expect(said[0]).toContain(hresult);
  });

  it('two broken sections are two, even with the same mistake', () => {
    const broken = webConfig(
      '<defaultDocument enabled="true"><file /></defaultDocument>\n    <directoryBrowse><file /></directoryBrowse>',
    );
    const { steps } = tracer({ 'web.config': broken, 'x.js': '' }).trace('/dante/x.js');
    const places = steps.filter(({ stage }) => stage === 'configuration').map(({ input, line }) => [input, line]);
    expect(places).toEqual([
      ['system.webServer/defaultDocument', 3],
      ['system.webServer/directoryBrowse', 4],
    ]);
  });

  it('a broken section that the request does not read is reported, too', () => {
    const broken = webConfig('<defaultDocument><file /></defaultDocument>');
    const { outcome, steps } = tracer({ 'web.config': broken, 'x.js': '' }).trace('/dante/x.js');
    expect(outcome).toMatchObject({ kind: 'handler', status: 200 });
    const [note] = steps.filter(({ stage }) => stage === 'configuration');
    expect(note).toMatchObject({ line: 3 });
    expect(note?.note).toBe(
      "Unrecognized element 'file' (0x8007000d): this request does not need system.webServer/defaultDocument, one that does gets 500.19",
    );
  });

  it('a configSource that leads nowhere: 500.19, and which file is not there', () => {
    const { trace } = tracer({ 'web.config': webConfig('<handlers configSource="h.config" />') });
    expect(trace('/dante/x').outcome).toMatchObject({
      subStatus: 19,
      message: 'Specified configSource cannot be parsed. There is no file h.config.',
    });
  });

  it('a section that the server locks: 500.19, and how it is opened', () => {
    const { trace } = tracer({ 'web.config': webConfig('<asp />') });
    const { outcome, steps } = trace('/dante/x');
    expect(outcome).toMatchObject({ kind: 'error', status: 500, subStatus: 19, line: 3 });
    expect(steps.map(({ note }) => note)).toContain(
      'if the server itself locks it: appcmd unlock config /section:system.webServer/asp, which deploy runs',
    );
  });

  it('a section that a web.config above locks: 500.19, and where the lock is', () => {
    const { trace } = tracer({
      'web.config':
        '<configuration>\n<location path="." overrideMode="Deny"><system.webServer>\n<directoryBrowse enabled="true" /></system.webServer></location></configuration>',
      'sub/web.config': webConfig('<directoryBrowse enabled="false" />'),
    });
    const { outcome, steps } = trace('/dante/sub/');
    expect(outcome).toMatchObject({ kind: 'error', status: 500, subStatus: 19, line: 3 });
    expect(steps.findLast(({ stage }) => stage === 'configuration')).toMatchObject({
      note: 'the <location> around <directoryBrowse> here locks it for the folders below',
      line: 3,
    });
  });

  it('a bad pattern: 500.50, and a plain explanation at the rule', () => {
    const rules = '<rewrite><rules><rule name="bad"><match url="*.js" /></rule></rules></rewrite>';
    const { outcome, steps } = tracer({ 'web.config': webConfig(rules) }).trace('/dante/x');
    expect(outcome).toMatchObject({ kind: 'error', status: 500, subStatus: 50, line: 3 });
    expect(steps.find(({ rule }) => rule === 'bad')?.note).toContain('"*" at position 1 repeats nothing');
  });
});

describe('an odd URL', () => {
  it.each([
    ['/dante/a b', '/dante/a b'],
    ['/dante/a%20b', '/dante/a b'],
    ['/dante/é', '/dante/é'],
    ['/dante/x/../y', '/dante/y'],
    ['/dante//x', '/dante/x'],
    ['\\dante\\x', '/dante/x'],
    ['/dante/x#part', '/dante/x'],
  ])('%s is %s for IIS', (written, url) =>
    expect(tracer({}).trace(written).outcome).toMatchObject({ kind: 'error', status: 404, url }),
  );

  it.each(['/dante/%zz', '/dante/%', '/dante/%00', `/dante/${'a'.repeat(300)}`])('%s is refused by HTTP.sys', (url) =>
    expect(tracer({}).trace(url).outcome).toMatchObject({ kind: 'error', status: 400 }),
  );
});

describe('how a URL may be written', () => {
  it.each([
    ['http://localhost/dante/x', 'http://localhost/dante/x'],
    ['https://example.org:8443/x?y#z', 'https://example.org:8443/x?y'],
    ['localhost:8080/x', 'http://localhost:8080/x'],
    ['localhost', 'http://localhost/'],
    ['example.org/x', 'http://example.org/x'],
    ['/x', 'http://localhost/x'],
    ['x/y', 'http://localhost/x/y'],
    ['?a', 'http://localhost/?a'],
    ['http://localhost?a', 'http://localhost/?a'],
    ['[::1]:80/x', 'http://[::1]:80/x'],
    ['wss://h/x', 'https://h/x'],
    ['socket.io/?EIO=4', 'http://localhost/socket.io/?EIO=4'],
    ['index.html', 'http://localhost/index.html'],
    ['http://socket.io/x', 'http://socket.io/x'],
    ['/a b/é', 'http://localhost/a%20b/%C3%A9'],
    ['/a/../b', 'http://localhost/a/../b'],
  ])('%s', (written, url) => expect(tracer({}).trace(written).url).toBe(url));

  it.each(['ftp://h/x', 'http:///x', 'http://h:x/y', 'http://a b/', 'http:/h/x', 'mailto:a@b', 'http://h:65536/'])(
    'not like %s',
    (written) =>
      expect(() => tracer({}).trace(written)).toThrow(expect.objectContaining({ code: 'BAD_URL', exitCode: 2 })),
  );

  it('an unknown site or a bad header name is reported', () => {
    const { trace } = tracer({});
    expect(() => trace('/', { site: 'Nope' })).toThrow(expect.objectContaining({ code: 'SITE_NOT_FOUND' }));
    expect(() => trace('/', { headers: [['a b', 'c']] })).toThrow(expect.objectContaining({ code: 'BAD_HEADER' }));
  });
});

describe('the server variables a rule sets', () => {
  const rules = (set: string) =>
    webConfig(`<rewrite><rules><rule name="sets"><match url="^(.*)$" />
      <serverVariables>${set}</serverVariables><action type="None" /></rule></rules></rewrite>`);
  const noteOf = (set: string, headers: readonly [string, string][] = []) => {
    const { steps } = tracer({ 'web.config': rules(set), 'x.js': '' }).trace('/dante/x.js', { headers });
    return steps.find(({ rule }) => rule === 'sets')?.note;
  };

  it('are reported with the values they get', () =>
    expect(noteOf('<set name="HTTP_CONNECTION" value="{R:1}" />')).toBe('sets HTTP_CONNECTION to "x.js"'));

  it('are not reported when replace="false" keeps what is there, or one of them is forbidden', () => {
    const kept = '<set name="HTTP_CONNECTION" value="Upgrade" replace="false" />';
    expect(noteOf(kept, [['Connection', 'close']])).toBeUndefined();
    expect(noteOf('<set name="HTTP_X_FORBIDDEN" value="1" />')).toMatch(/is not allowed to be set\. Add .* list\.$/);
  });
});
