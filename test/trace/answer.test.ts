import { describe, expect, it } from 'vitest';
import type { Step, Trace } from '../../src/trace/index.js';
import { tracer, webConfig } from './support.js';

const handler = '<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>';
const files = (inner: string) => ({ 'web.config': webConfig(handler + inner), 'server.js': '', 'a.html': 'a' });
const at = ({ steps }: Trace, stage: Step['stage']): readonly Step[] => steps.filter((step) => step.stage === stage);

describe('outbound rules', () => {
  const rules = (inner: string) => files(`<rewrite><outboundRules>${inner}</outboundRules></rewrite>`);
  const rule = (name: string, match: string, more = '') =>
    `<rule name="${name}"${more}><match ${match} /><action type="Rewrite" value="x" /></rule>`;

  it('are shown with what they test, in their order', () => {
    const { trace } = tracer(
      rules(
        rule('header', 'serverVariable="RESPONSE_X_POWERED_BY" pattern=".+"') +
          rule('tags', 'filterByTags="A, Img" pattern="^/"', ' preCondition="html"') +
          rule('body', 'pattern="old" negate="true"') +
          rule('off', 'pattern="old"', ' enabled="false"') +
          '<preConditions><preCondition name="html"><add input="{RESPONSE_CONTENT_TYPE}" pattern="html" /></preCondition></preConditions>',
      ),
    );
    for (const url of ['/dante/server.js', '/dante/a.html', '/dante/gone.html', '/dante']) {
      expect(at(trace(url), 'outbound-rewrite').map(({ rule, note }) => [rule, note])).toEqual([
        ['header', 'tests the header x-powered-by of every response'],
        ['tags', 'tests the tags A, Img of responses that match the preCondition html'],
        ['body', 'tests the whole body of every response'],
        ['off', 'the rule is disabled'],
      ]);
    }
    expect(at(trace('/dante/a.html'), 'outbound-rewrite')[2]).toMatchObject({
      pattern: 'old',
      negate: true,
      result: 'x',
      line: 3,
    });
  });

  it('say when one of them breaks every response, and are the outcome then', () => {
    const { trace } = tracer(rules(rule('bad', 'pattern="*"')));
    for (const url of ['/dante/a.html', '/dante/gone.html', '/dante', '/dante/server.js']) {
      expect(trace(url).outcome).toMatchObject({ kind: 'error', status: 500, subStatus: 52, line: 3 });
    }
    expect(at(trace('/dante/a.html'), 'outbound-rewrite')[0]?.note).toMatch(
      /^every response fails with 500\.52: .*"\*"/,
    );
  });

  it('are not asked when the connection is dropped', () => {
    const inbound = '<rules><rule name="r"><match url="^x$" /><action type="AbortRequest" /></rule></rules>';
    const { trace } = tracer(
      files(`<rewrite>${inbound}<outboundRules>${rule('body', 'pattern="old"')}</outboundRules></rewrite>`),
    );
    expect(trace('/dante/x').outcome.kind).toBe('abort');
    expect(at(trace('/dante/x'), 'outbound-rewrite')).toEqual([]);
  });
});

describe('error pages', () => {
  const page = (inner: string, url: string) => at(tracer(files(inner)).trace(url), 'http-errors')[0];

  it('of a local client are detailed unless errorMode says otherwise', () => {
    expect(page('', '/dante/gone')).toMatchObject({ input: '404.0', note: expect.stringContaining('detailed page') });
    expect(page('<httpErrors errorMode="Custom"><clear /></httpErrors>', '/dante/gone')).toMatchObject({
      note: 'errorMode="Custom": the client gets the short page',
      line: 3,
    });
  });

  it.each([
    ['<error statusCode="404" path="no.html" />', 'no.html', 'no such file: the client gets the short page'],
    ['<error statusCode="404" path="a.html" />', 'a.html', 'the client gets this file'],
    ['<error statusCode="404" subStatusCode="0" path="/e" responseMode="Redirect" />', '302 /e', 'sent'],
    [
      '<error statusCode="404" path="/dante/a.html" responseMode="ExecuteURL" />',
      '/dante/a.html',
      'answer of this URL',
    ],
  ])('are those of the entry for the status: %s', (entry, result, note) => {
    const own = `<httpErrors errorMode="Custom"><remove statusCode="404" />${entry}</httpErrors>`;
    expect(page(own, '/dante/gone')).toMatchObject({
      result: expect.stringMatching(new RegExp(`(^|[/\\\\])${result}$`)),
      note: expect.stringContaining(note),
    });
  });

  describe('of responseMode ExecuteURL', () => {
    const own = (url: string): string =>
      `<httpErrors errorMode="Custom"><remove statusCode="404" /><error statusCode="404" path="${url}" responseMode="ExecuteURL" /></httpErrors>`;

    it('are the outcome of another URL, which is reported', () => {
      const trace = tracer(files(own('/dante/a.html'))).trace('/dante/gone');
      expect(trace.outcome).toMatchObject({
        kind: 'error',
        status: 404,
        url: '/dante/gone',
        page: { kind: 'handler', url: '/dante/a.html', handler: 'StaticFile' },
      });
      expect(at(trace, 'static-file').map(({ result }) => result)).toEqual([undefined, 'text/html']);
    });

    it('may come from node', () => {
      const { outcome } = tracer(files(own('/dante/server.js?lost=1'))).trace('/dante/gone');
      expect(outcome.page).toMatchObject({ handler: 'iisnode', url: '/dante/server.js?lost=1' });
    });

    it('may fail themselves: then the short page is the answer', () => {
      const trace = tracer(files(own('/dante/gone.html'))).trace('/dante/gone');
      expect(trace.outcome.page).toBeUndefined();
      expect(at(trace, 'http-errors').at(-1)?.note).toMatch(
        /^the error page fails itself .*: the client gets the short page$/,
      );
    });
  });

  it('replace what node writes, unless it passes through', () => {
    expect(page('', '/dante/server.js')?.note).toContain('existingResponse="Auto": IIS\'s own pages replace');
    expect(page('<httpErrors existingResponse="PassThrough" />', '/dante/server.js')).toMatchObject({
      note: expect.stringContaining('reach the client'),
      line: 3,
    });
  });

  it('are no matter of a file that is served', () => expect(page('', '/dante/a.html')).toBeUndefined());

  it('that are wrong themselves are the outcome', () => {
    const { outcome } = tracer(files('<httpErrors errorMode="Nope" />')).trace('/dante/a.html');
    expect(outcome).toMatchObject({ kind: 'error', status: 500, subStatus: 19, line: 3 });
  });
});

describe('what the model passes by', () => {
  it('is reported, and changes nothing', () => {
    const text = `<configuration><system.web><pages /></system.web><connectionStrings configProtectionProvider="p"><x /></connectionStrings>
      <system.webServer>oops${handler}</system.webServer></configuration>`;
    const trace = tracer({ 'web.config': text, 'server.js': '' }).trace('/dante/server.js');
    expect(trace.outcome).toMatchObject({ kind: 'handler', handler: 'iisnode' });
    expect(at(trace, 'configuration').map(({ input, line }) => [input, line])).toEqual([
      ['system.web/pages', 1],
      ['connectionStrings', 1],
      ['system.webServer', 2],
    ]);
  });
});

describe("iisnode's debugger", () => {
  it.each([
    ['/dante/server.js/debug?a', { kind: 'redirect', status: 301, location: '/dante/server.js/debug/?a' }],
    ['/dante/server.js/debug/', { kind: 'handler', status: 200 }],
    ['/dante/server.js/DEBUG/?kill', { kind: 'handler', status: 200 }],
  ])('answers %s', (url, outcome) => {
    const trace = tracer(files('')).trace(url);
    expect(trace.outcome).toMatchObject(outcome);
    expect(at(trace, 'iisnode')[0]?.note).toContain('/dante/server.js/debug');
  });

  it('is reached by its own segment, and not at all when it is off', () => {
    const own = tracer(files('<iisnode debuggerPathSegment="inspect" />')).trace;
    expect(own('/dante/server.js/debug').outcome.kind).toBe('handler');
    expect(own('/dante/server.js/inspect').outcome.kind).toBe('redirect');
    const off = tracer(files('<iisnode debuggingEnabled="false" />')).trace;
    expect(at(off('/dante/server.js/debug'), 'iisnode')[0]?.result).toBe('GET /dante/server.js/debug');
  });
});

describe('processes', () => {
  it.each([
    ['', '1 node process'],
    [
      '<iisnode nodeProcessStickySessions="true" />',
      '1 node process, sticky sessions by the cookie iisnode.session.cookie',
    ],
    ['<iisnode nodeProcessCountPerApplication="3" />', '3 node processes, round robin: no sticky sessions'],
  ])('%s', (inner, note) => expect(at(tracer(files(inner)).trace('/dante/server.js'), 'iisnode')[0]?.note).toBe(note));

  it('come from iisnode.yml, which goes before web.config', () => {
    const { trace } = tracer({
      ...files('<iisnode nodeProcessCountPerApplication="3" />'),
      'iisnode.yml': 'nodeProcessCountPerApplication: 5\nnodeProcessStickySessions: true\n',
    });
    expect(at(trace('/dante/server.js'), 'iisnode')[0]?.note).toBe(
      '5 node processes (by iisnode.yml), sticky sessions by the cookie iisnode.session.cookie',
    );
  });

  it('are not counted where iisnode.yml cannot be read', () => {
    const { trace, directory } = tracer({ ...files(''), 'iisnode.yml': 'nodeProcessCountPerApplication 5\n' });
    expect(trace('/dante/server.js').outcome).toMatchObject({
      kind: 'handler',
      status: 200,
      file: expect.stringContaining(directory),
    });
  });
});

describe('a match that takes too long', () => {
  it('is given up with 500.50, and no miss', () => {
    const rule =
      '<rewrite><rules><rule name="r"><match url="^(a+)+$" /><action type="None" /></rule></rules></rewrite>';
    const trace = tracer(files(rule)).trace(`/dante/${'a'.repeat(60)}!`);
    expect(trace.outcome).toMatchObject({ kind: 'error', status: 500, subStatus: 50, line: 3 });
    expect(at(trace, 'rewrite')[0]?.note).toMatch(/^The expression .* too complex\.$/);
  });
});
