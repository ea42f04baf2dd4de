import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FilteredRequest,
  filterRequest,
  maxUrlSegmentsOf,
  type RequestFilteringRules,
  readRequestFiltering,
} from '../../../src/pipeline/sections/index.js';
import { at, server, webConfig } from '../../config/support.js';

const defaults: RequestFilteringRules = {
  maxAllowedContentLength: 30_000_000,
  maxUrl: 4096,
  maxQueryString: 2048,
  allowDoubleEscaping: false,
  allowHighBitCharacters: true,
  unescapeQueryString: true,
  removeServerHeader: false,
  hiddenSegments: [{ name: 'web.config', allowed: false, origin: undefined }],
  fileExtensions: [],
  allowUnlistedExtensions: true,
  verbs: [],
  allowUnlistedVerbs: true,
  denyUrlSequences: [],
  denyQueryStringSequences: [],
  alwaysAllowedUrls: [],
  alwaysAllowedQueryStrings: [],
  headerLimits: [],
  filteringRules: [],
  limitsOrigin: () => undefined,
  switchOrigin: () => undefined,
};
const listed = (name: string, allowed = false) => ({ name, allowed, origin: undefined });
const request = (path: string, more: Partial<FilteredRequest> = {}): FilteredRequest => ({
  method: 'GET',
  rawPath: path,
  path,
  query: '',
  headers: {},
  ...more,
});
const subStatus = (asked: FilteredRequest, rules: Partial<RequestFilteringRules> = {}): number | undefined => {
  const verdict = filterRequest(asked, { ...defaults, ...rules });
  if (verdict !== undefined) expect(verdict.status).toBe(404);
  return verdict?.subStatus;
};

describe('what request filtering reads', () => {
  it('the limits and lists of a path, the inherited ones included', () => {
    const text =
      '<security><requestFiltering unescapeQueryString="false"><requestLimits maxUrl="10"><headerLimits><add header="Cookie" sizeLimit="5" /></headerLimits></requestLimits><hiddenSegments><add segment="node_modules" /></hiddenSegments></requestFiltering></security>';
    const model = server({ files: { '/srv/web.config': webConfig(text) } });
    expect(readRequestFiltering(model, at(model, '/'))).toMatchObject({
      maxUrl: 10,
      maxQueryString: 2048,
      maxAllowedContentLength: 30_000_000,
      unescapeQueryString: false,
      headerLimits: [{ header: 'cookie', sizeLimit: 5 }],
      hiddenSegments: [{ name: 'web.config' }, { name: 'node_modules' }],
    });
  });

  it("the site's own limit of segments, siteDefaults included", () => {
    const limit = (edit: (text: string) => string) => {
      const model = server({ edit });
      const [site] = model.sites;
      return site && maxUrlSegmentsOf(model, site);
    };
    expect(limit((text) => text)).toBe(32);
    expect(limit((text) => text.replace('<bindings>', '<limits maxUrlSegments="3" /><bindings>'))).toBe(3);
    expect(limit((text) => text.replace('<siteDefaults>', '<siteDefaults><limits maxUrlSegments="5" />'))).toBe(5);
  });
});

describe('request filtering', () => {
  it('lets ordinary requests through', () => {
    expect(subStatus(request('/dante/socket.io/', { query: 'EIO=4&transport=websocket' }))).toBeUndefined();
  });

  it('hides a whole segment anywhere in the path, without letter case: 404.8', () => {
    expect(subStatus(request('/dante/Web.Config'))).toBe(8);
    expect(subStatus(request('/web.config/x'))).toBe(8);
    expect(subStatus(request('/my-web.config'))).toBeUndefined();
    expect(subStatus(request('/bin/www'), { hiddenSegments: [listed('bin')] })).toBe(8);
  });

  it('rejects double escaping, and a plus sign in the path: 404.11', () => {
    expect(subStatus(request('/a%20b', { rawPath: '/a%2520b' }))).toBe(11);
    expect(subStatus(request('/a+b'))).toBe(11);
    expect(subStatus(request('/a+b', { rawPath: '/a%2Bb' }))).toBe(11);
    expect(subStatus(request('/A', { rawPath: '/%25%34%31' }))).toBe(11);
    expect(subStatus(request('/100%', { rawPath: '/100%25' }))).toBeUndefined();
    expect(subStatus(request('/a+b'), { allowDoubleEscaping: true })).toBeUndefined();
    expect(subStatus(request('/a', { query: 'x=1+2%2520' }))).toBeUndefined();
  });

  it('limits the path to 4096 and the query to 2048 characters: 404.14, 404.15', () => {
    expect(subStatus(request(`/${'a'.repeat(4095)}`))).toBeUndefined();
    expect(subStatus(request(`/${'a'.repeat(4096)}`))).toBe(14);
    expect(subStatus(request('/', { query: 'q'.repeat(2048) }))).toBeUndefined();
    expect(subStatus(request('/', { query: 'q'.repeat(2049) }))).toBe(15);
  });

  it('limits the body to 30,000,000 bytes: 404.13', () => {
    expect(subStatus(request('/', { headers: { 'content-length': '30000000' } }))).toBeUndefined();
    expect(subStatus(request('/', { headers: { 'content-length': '30000001' } }))).toBe(13);
  });

  it('limits the path to 32 segments, or as many as the site allows: 404.20', () => {
    expect(subStatus(request('/a'.repeat(32)))).toBeUndefined();
    expect(subStatus(request('/a'.repeat(33)))).toBe(20);
    expect(subStatus(request('/a'.repeat(33), { maxUrlSegments: 33 }))).toBeUndefined();
    expect(subStatus(request('/a/b', { maxUrlSegments: 1 }))).toBe(20);
  });

  it('denies listed verbs, or unlisted ones, with letter case: 404.6', () => {
    expect(subStatus(request('/', { method: 'TRACE' }), { verbs: [listed('TRACE')] })).toBe(6);
    expect(
      subStatus(request('/', { method: 'PUT' }), { verbs: [listed('GET', true)], allowUnlistedVerbs: false }),
    ).toBe(6);
    expect(subStatus(request('/'), { verbs: [listed('get')] })).toBeUndefined();
  });

  it('denies listed extensions, or unlisted ones: 404.7', () => {
    expect(subStatus(request('/App.Config'), { fileExtensions: [listed('.config')] })).toBe(7);
    const onlyJs = { fileExtensions: [listed('.js', true)], allowUnlistedExtensions: false };
    expect(subStatus(request('/a.js'), onlyJs)).toBeUndefined();
    expect(subStatus(request('/a.css'), onlyJs)).toBe(7);
    expect(subStatus(request('/folder/'), onlyJs)).toBeUndefined();
  });

  it('denies sequences in the URL and in the query: 404.5, 404.18', () => {
    expect(subStatus(request('/a..b'), { denyUrlSequences: [listed('..')] })).toBe(5);
    expect(
      subStatus(request('/a..b'), { denyUrlSequences: [listed('..')], alwaysAllowedUrls: ['/A..b'] }),
    ).toBeUndefined();
    const rules = { denyQueryStringSequences: [listed('<script')] };
    expect(subStatus(request('/', { query: 'x=%3CScript' }), rules)).toBe(18);
    expect(subStatus(request('/', { query: 'x=<script' }), { ...rules, unescapeQueryString: false })).toBe(18);
    expect(subStatus(request('/', { query: 'x=%3CScript' }), { ...rules, unescapeQueryString: false })).toBeUndefined();
  });

  it('limits single headers: 404.10', () => {
    const rules = { headerLimits: [{ header: 'cookie', sizeLimit: 5 }] };
    expect(subStatus(request('/', { headers: { cookie: 'a=1234' } }), rules)).toBe(10);
  });

  it('checks headers of any name: 404.10', () => {
    const rules = { headerLimits: [{ header: 'constructor', sizeLimit: 3 }] };
    expect(subStatus(request('/'), rules)).toBeUndefined();
    expect(subStatus(request('/', { headers: Object.fromEntries([['constructor', 'four']]) }), rules)).toBe(10);
  });

  it('applies filtering rules to the parts that they scan: 404.19', () => {
    const rule = {
      name: 'no agents',
      scanUrl: false,
      scanQueryString: true,
      scanAllRaw: false,
      scanHeaders: ['user-agent'],
      appliesTo: [],
      denyStrings: ['badbot'],
      origin: undefined,
    };
    expect(subStatus(request('/', { headers: { 'user-agent': 'BadBot/1' } }), { filteringRules: [rule] })).toBe(19);
    expect(subStatus(request('/badbot'), { filteringRules: [rule] })).toBeUndefined();
    expect(subStatus(request('/badbot'), { filteringRules: [{ ...rule, scanUrl: true }] })).toBe(19);
    expect(subStatus(request('/', { query: 'a=bad%62ot' }), { filteringRules: [rule] })).toBe(19);
    const elsewhere = request('/', { headers: { referer: 'badbot' } });
    expect(subStatus(elsewhere, { filteringRules: [rule] })).toBeUndefined();
    expect(subStatus(elsewhere, { filteringRules: [{ ...rule, scanAllRaw: true }] })).toBe(19);
    const onlyPhp = { filteringRules: [{ ...rule, scanUrl: true, appliesTo: ['.php'] }] };
    expect(subStatus(request('/badbot.php'), onlyPhp)).toBe(19);
    expect(subStatus(request('/badbot.js'), onlyPhp)).toBeUndefined();
  });

  it('rejects characters beyond ASCII if configured: 404.12', () => {
    expect(subStatus(request('/ä'), { allowHighBitCharacters: false })).toBe(12);
    expect(subStatus(request('/ä'))).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (path, rawPath, query) => {
        filterRequest(request(path, { rawPath, query }), { ...defaults, denyQueryStringSequences: [listed('x')] });
      }),
      { numRuns: 300 },
    );
  });
});
