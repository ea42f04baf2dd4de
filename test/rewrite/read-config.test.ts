import { describe, expect, it } from 'vitest';
import { compileRewrite, rewrite } from '../../src/rewrite/index.js';
import { configAt, model } from './model.js';
import { request, site } from './rules.js';

describe('readRewriteConfig', () => {
  it('gives each rule what was written, and the defaults of the schema for the rest', () => {
    const { rules } = configAt(
      model({
        '/dante/web.config': `<rules><rule name="full" enabled="false" patternSyntax="Wildcard" stopProcessing="true">
          <match url="a*" ignoreCase="false" negate="true" />
          <conditions logicalGrouping="MatchAny" trackAllCaptures="true">
            <add input="{URL}" pattern="x" ignoreCase="false" negate="true" /><add matchType="IsFile" /></conditions>
          <serverVariables><set name="HTTP_X" value="1" replace="false" /></serverVariables>
          <action type="Redirect" url="/b" redirectType="Found" appendQueryString="false" /></rule>
          <rule name="bare" /><rule name="custom"><action type="CustomResponse" statusCode="403" subStatusCode="2"
          statusReason="No" statusDescription="No." /></rule><rule name="abort"><action type="AbortRequest" /></rule></rules>`,
      }),
      '/dante/x',
    );
    expect(rules[0]).toMatchObject({
      name: 'full',
      enabled: false,
      scope: 'Distributed',
      patternSyntax: 'Wildcard',
      stopProcessing: true,
      match: { url: 'a*', ignoreCase: false, negate: true },
      logicalGrouping: 'MatchAny',
      trackAllCaptures: true,
      conditions: [
        { input: '{URL}', matchType: 'Pattern', pattern: 'x', ignoreCase: false, negate: true },
        { input: undefined, matchType: 'IsFile', pattern: undefined, ignoreCase: true, negate: false },
      ],
      serverVariables: [{ name: 'HTTP_X', value: '1', replace: false }],
      action: { type: 'Redirect', url: '/b', appendQueryString: false, status: 302 },
      basePath: '/dante',
      origin: { file: '/dante/web.config', line: 1 },
    });
    expect(rules[1]).toMatchObject({
      match: undefined,
      action: { type: 'None' },
      enabled: true,
      patternSyntax: 'ECMAScript',
    });
    expect(rules[2]?.action).toEqual({
      type: 'CustomResponse',
      status: 403,
      subStatus: 2,
      reason: 'No',
      description: 'No.',
    });
    expect(rules[3]?.action).toEqual({ type: 'AbortRequest' });
  });

  it('puts inherited rules first, each with the base path of its own level', () => {
    const { rules } = configAt(
      model({
        '/site/web.config': '<rules><rule name="root"><match url=".*" /></rule></rules>',
        '/dante/web.config': '<rules><rule name="app"><match url=".*" /></rule></rules>',
        '/dante/sub/web.config': '<rules><rule name="sub"><match url=".*" /></rule></rules>',
      }),
      '/dante/sub/x',
    );
    expect(rules.map(({ name, basePath }) => [name, basePath])).toEqual([
      ['root', ''],
      ['app', '/dante'],
      ['sub', '/dante/sub'],
    ]);
  });

  it('honours clear and remove', () => {
    const files = {
      '/site/web.config': '<rules><rule name="a" /><rule name="b" /></rules>',
      '/dante/web.config': '<rules><remove name="A" /><rule name="c" /></rules>',
      '/dante/sub/web.config': '<rules><clear /><rule name="d" /></rules>',
    };
    expect(configAt(model(files), '/dante/x').rules.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(configAt(model(files), '/dante/sub/x').rules.map(({ name }) => name)).toEqual(['d']);
  });

  it('reads global rules, maps, providers and allowed server variables', () => {
    const config = configAt(
      model(
        {
          '/dante/web.config': `<rewriteMaps><rewriteMap name="M" defaultValue="d"><add key="a" value="1" />
            <add key="A" value="2" /></rewriteMap></rewriteMaps>
            <providers><provider name="DB" type="X" /></providers>`,
        },
        `<globalRules><rule name="g"><match url="x" /></rule></globalRules>
         <allowedServerVariables><add name="HTTP_X" /></allowedServerVariables>`,
      ),
      '/dante/x',
    );
    expect(config.globalRules[0]).toMatchObject({ name: 'g', scope: 'Global', basePath: '' });
    expect(config.maps[0]).toMatchObject({ name: 'M', defaultValue: 'd', ignoreCase: true });
    expect([...(config.maps[0]?.entries ?? [])]).toEqual([
      ['a', '1'],
      ['A', '2'],
    ]);
    expect(config.providers).toEqual(['DB']);
    expect(config.allowedServerVariables).toEqual(['HTTP_X']);
  });

  it('reads outbound rules, preconditions and custom tags', () => {
    const { outbound } = configAt(
      model({
        '/dante/web.config': `<outboundRules rewriteBeforeCache="true"><rule name="o" preCondition="P">
          <match filterByTags="A, Img, CustomTags" customTags="T" pattern="x" occurrences="2" />
          <action type="Rewrite" value="y" replace="false" /></rule>
          <rule name="h"><match serverVariable="RESPONSE_X" pattern=".*" negate="true" /></rule>
          <preConditions><preCondition name="P" logicalGrouping="MatchAny"><add input="{RESPONSE_CONTENT_TYPE}" pattern="^text" /></preCondition></preConditions>
          <customTags><tags name="T"><tag name="video" attribute="poster" /></tags></customTags></outboundRules>`,
      }),
      '/dante/x',
    );
    expect(outbound).toMatchObject({
      rewriteBeforeCache: true,
      rules: [
        {
          name: 'o',
          preCondition: 'P',
          trackAllCaptures: true,
          match: { customTags: 'T', pattern: 'x', occurrences: 2, serverVariable: undefined, negate: false },
          action: { type: 'Rewrite', value: 'y', replace: false },
        },
        {
          name: 'h',
          match: { filterByTags: [], serverVariable: 'RESPONSE_X', negate: true },
          action: { type: 'None' },
        },
      ],
      preConditions: [
        {
          name: 'P',
          logicalGrouping: 'MatchAny',
          conditions: [{ input: '{RESPONSE_CONTENT_TYPE}', pattern: '^text' }],
        },
      ],
      customTags: [{ name: 'T', tags: [{ name: 'video', attribute: 'poster' }] }],
    });
    expect([...(outbound?.rules[0]?.match.filterByTags ?? [])].sort()).toEqual(['A', 'CustomTags', 'Img']);
  });

  it('gives outbound rules the defaults of the schema, which track all captures', () => {
    const { outbound } = configAt(
      model({ '/dante/web.config': '<outboundRules><rule name="o" /></outboundRules>' }),
      '/dante/x',
    );
    expect(outbound).toMatchObject({ rewriteBeforeCache: false, preConditions: [], customTags: [] });
    expect(outbound?.rules[0]).toMatchObject({
      preCondition: undefined,
      enabled: true,
      patternSyntax: 'ECMAScript',
      stopProcessing: false,
      match: { filterByTags: [], serverVariable: undefined, pattern: undefined, occurrences: 0, ignoreCase: true },
      logicalGrouping: 'MatchAll',
      trackAllCaptures: true,
      action: { type: 'None', value: '', replace: true },
    });
  });

  it('puts outbound rules of the parent first', () => {
    const own = (name: string) => `<outboundRules><rule name="${name}" /></outboundRules>`;
    const { outbound } = configAt(
      model({ '/site/web.config': own('root'), '/dante/web.config': own('app') }),
      '/dante/x',
    );
    expect(outbound?.rules.map(({ name }) => name)).toEqual(['root', 'app']);
  });

  it('takes the children of a rule in any order, booleans in any case, and the same condition twice', () => {
    const condition = '<add input="{URL}" pattern="x" negate="True" />';
    const xml = `<rules><rule name="a" stopProcessing="True"><action type="Rewrite" url="b" />
      <conditions>${condition}${condition}</conditions><match url="c" /></rule></rules>`;
    expect(configAt(model({ '/dante/web.config': xml }), '/dante/x').rules[0]).toMatchObject({
      stopProcessing: true,
      match: { url: 'c' },
      action: { type: 'Rewrite', url: 'b' },
      conditions: [{ negate: true }, { negate: true }],
    });
  });

  it('takes enumeration values in any case', () => {
    const xml = `<rules><rule name="a" patternSyntax="wildcard"><conditions logicalGrouping="matchany">
      <add matchType="isfile" /></conditions><action type="redirect" redirectType="found" url="b" /></rule></rules>
      <outboundRules><rule name="o"><match filterByTags="a, IMG" /><action type="rewrite" /></rule></outboundRules>`;
    const { rules, outbound } = configAt(model({ '/dante/web.config': xml }), '/dante/x');
    expect(rules[0]).toMatchObject({
      patternSyntax: 'Wildcard',
      logicalGrouping: 'MatchAny',
      conditions: [{ matchType: 'IsFile' }],
      action: { type: 'Redirect', status: 302 },
    });
    expect([...(outbound?.rules[0]?.match.filterByTags ?? [])].sort()).toEqual(['A', 'Img']);
    expect(outbound?.rules[0]?.action.type).toBe('Rewrite');
  });

  it('reads logRewrittenUrl and useOriginalURLEncoding', () => {
    const xml =
      '<rules useOriginalURLEncoding="false"><rule name="a"><action type="Rewrite" url="b" logRewrittenUrl="true" /></rule></rules>';
    const global = '<globalRules><rule name="g"><action type="Rewrite" url="b" /></rule></globalRules>';
    const { rules, globalRules } = configAt(model({ '/dante/web.config': xml }, global), '/dante/x');
    expect(rules[0]).toMatchObject({ useOriginalUrlEncoding: false, action: { logRewrittenUrl: true } });
    expect(globalRules[0]).toMatchObject({ useOriginalUrlEncoding: true, action: { logRewrittenUrl: false } });
  });

  it.each([
    ['IsFile in globalRules', '<conditions><add matchType="IsFile" /></conditions>'],
    ['the same condition twice in globalRules', '<conditions><add input="x" /><add input="x" /></conditions>'],
    ['logRewrittenUrl in globalRules', '<action logRewrittenUrl="true" />'],
  ])('%s is 500.19', (_, inner) => {
    const loaded = model({}, `<globalRules><rule name="g">${inner}</rule></globalRules>`);
    expect(() => configAt(loaded, '/x')).toThrow(expect.objectContaining({ status: 500, subStatus: 19 }));
  });

  it('feeds the engine: a rule of the site root sees the path from the root, also in the application', () => {
    const loaded = model({
      '/site/web.config':
        '<rules><rule name="root"><match url="^dante/(.*)" /><action type="Rewrite" url="x/{R:1}" /></rule></rules>',
    });
    const result = rewrite(request('/dante/a?b'), compileRewrite(configAt(loaded, '/dante/a')), site());
    expect([result.path, result.query]).toEqual(['/x/a', 'b']);
  });

  it.each([
    ['an empty match url', '<rules><rule name="a"><match url="" /></rule></rules>'],
    ['a rule without a name', '<rules><rule /></rules>'],
    ['two rules of one name', '<rules><rule name="a" /><rule name="A" /></rules>'],
    [
      'a CustomResponse with a redirect status',
      '<rules><rule name="a"><action type="CustomResponse" statusCode="301" /></rule></rules>',
    ],
    ['redirectType 308', '<rules><rule name="a"><action type="Redirect" redirectType="308" url="/" /></rule></rules>'],
    ['patternSyntax on match', '<rules><rule name="a"><match url="a" patternSyntax="Wildcard" /></rule></rules>'],
    ['globalRules in a web.config', '<globalRules><rule name="a" /></globalRules>'],
    ['allowedServerVariables in a web.config', '<allowedServerVariables><add name="A" /></allowedServerVariables>'],
    [
      'the same server variable set twice in a rule',
      '<rules><rule name="a"><serverVariables><set name="A" /><set name="a" /></serverVariables></rule></rules>',
    ],
    [
      'a server variable without a name',
      '<rules><rule name="a"><serverVariables><set value="1" /></serverVariables></rule></rules>',
    ],
    [
      'a server variable with blanks around its name',
      '<rules><rule name="a"><serverVariables><set name=" A" /></serverVariables></rule></rules>',
    ],
    ['an action url with blanks around it', '<rules><rule name="a"><action type="Rewrite" url=" x" /></rule></rules>'],
    [
      'redirectType PermanentRedirect',
      '<rules><rule name="a"><action redirectType="PermanentRedirect" /></rule></rules>',
    ],
    ['stopProcessing on action', '<rules><rule name="a"><action stopProcessing="true" /></rule></rules>'],
    ['negate on rule', '<rules><rule name="a" negate="true" /></rules>'],
    [
      'statusLine, which only the documentation knows',
      '<rules><rule name="a"><action statusLine="x" /></rule></rules>',
    ],
    ['an unknown patternSyntax', '<rules><rule name="a" patternSyntax="Regex" /></rules>'],
    ['url in the match of an outbound rule', '<outboundRules><rule name="a"><match url="x" /></rule></outboundRules>'],
    ['an unknown tag', '<outboundRules><rule name="a"><match filterByTags="Video" /></rule></outboundRules>'],
    [
      'the same condition twice in an outbound rule',
      '<outboundRules><rule name="a"><conditions><add input="x" /><add input="x" /></conditions></rule></outboundRules>',
    ],
    [
      'two preConditions of one name',
      '<outboundRules><preConditions><preCondition name="a" /><preCondition name="A" /></preConditions></outboundRules>',
    ],
    [
      'a tag without its attribute',
      '<outboundRules><customTags><tags name="a"><tag name="b" /></tags></customTags></outboundRules>',
    ],
    ['a provider without a type', '<providers><provider name="a" /></providers>'],
    [
      'remove inside serverVariables',
      '<rules><rule name="a"><serverVariables><remove name="A" /></serverVariables></rule></rules>',
    ],
    ['clear inside conditions', '<rules><rule name="a"><conditions><clear /></conditions></rule></rules>'],
  ])('%s is 500.19', (_, xml) => {
    expect(() => configAt(model({ '/dante/web.config': xml }), '/dante/x')).toThrow(
      expect.objectContaining({ name: 'ConfigError', status: 500, subStatus: 19 }),
    );
  });
});
