import { describe, expect, it } from 'vitest';
import {
  chooseHandler,
  conditionsOf,
  type HandlerList,
  type HandlerMapping,
  readHandlers,
  type Target,
} from '../../../src/pipeline/sections/index.js';
import { at, server, webConfig } from '../../config/support.js';

const mapping = (name: string, more: Partial<HandlerMapping> = {}): HandlerMapping => ({
  name,
  path: '*',
  verb: '*',
  modules: ['iisnode'],
  resourceType: 'Unspecified',
  responseBufferLimit: 4_194_304,
  requireAccess: 'Script',
  allowPathInfo: false,
  preCondition: [],
  origin: undefined,
  ...more,
});
const staticFile = mapping('StaticFile', {
  modules: ['StaticFileModule', 'DefaultDocumentModule', 'DirectoryListingModule'],
  resourceType: 'Either',
  responseBufferLimit: 4_194_304,
  requireAccess: 'Read',
});
const list = (...mappings: HandlerMapping[]): HandlerList => ({ mappings, accessPolicy: ['Read', 'Script'] });
const ask = (handlers: HandlerList, path: string, verb = 'GET', target: Target = 'missing') =>
  chooseHandler(handlers, { path, verb, target: () => target });

describe('handler mapping', () => {
  it('uses the first mapping that matches, and returns why the ones before it did not', () => {
    const handlers = list(
      mapping('other', { path: 'other.js' }),
      mapping('posts', { path: 'server.js', verb: 'POST,PUT' }),
      mapping('managed', { path: 'server.js', preCondition: ['integratedMode', 'runtimeVersionv4.0'] }),
      mapping('iisnode', { path: 'server.js' }),
      staticFile,
    );
    const choice = ask(handlers, '/dante/server.js');
    expect(choice.mapping?.name).toBe('iisnode');
    expect(choice.failure).toBeUndefined();
    expect(choice.passedOver.map(({ mapping: { name }, why }) => [name, why])).toEqual([
      ['other', 'path'],
      ['posts', 'verb'],
      ['managed', 'preCondition'],
    ]);
  });

  it('compares verbs with letter case', () => {
    expect(ask(list(mapping('x', { verb: 'get' })), '/a').failure).toMatchObject({ status: 404, subStatus: 4 });
  });

  it('uses a mapping of resourceType File for files only', () => {
    const handlers = list(mapping('files', { resourceType: 'File' }), staticFile);
    expect(ask(handlers, '/a', 'GET', 'file').mapping?.name).toBe('files');
    expect(ask(handlers, '/a', 'GET', 'directory').mapping?.name).toBe('StaticFile');
  });

  it('passes a missing file to StaticFile, which answers 404.0', () => {
    const choice = ask(list(mapping('iisnode', { path: 'server.js' }), staticFile), '/gone.txt');
    expect(choice.mapping?.name).toBe('StaticFile');
    expect(choice.failure).toBeUndefined();
  });

  it('answers 404.4 if no handler matches the URL', () => {
    expect(ask(list(mapping('iisnode', { path: 'server.js' })), '/x').failure).toMatchObject({
      status: 404,
      subStatus: 4,
    });
  });

  it('answers 403.1 for a script without Script access, 403.2 for a read without Read', () => {
    const scriptless = { mappings: [mapping('iisnode')], accessPolicy: ['Read'] };
    expect(ask(scriptless, '/server.js').failure).toMatchObject({ status: 403, subStatus: 1 });
    const readless = { mappings: [staticFile], accessPolicy: ['Script'] };
    expect(ask(readless, '/a.txt', 'GET', 'file').failure).toMatchObject({ status: 403, subStatus: 2 });
  });

  it('answers 403.3 for a mapping that requires Write, and needs no access if it requires None', () => {
    const policy = (requireAccess: string) => ({
      mappings: [mapping('x', { requireAccess })],
      accessPolicy: ['Read', 'Script'],
    });
    expect(ask(policy('Write'), '/x').failure).toMatchObject({ status: 403, subStatus: 3 });
    expect(ask(policy('Execute'), '/x').failure).toMatchObject({ status: 403, subStatus: 1 });
    expect(ask({ ...policy('None'), accessPolicy: [] }, '/x').failure).toBeUndefined();
  });

  it('uses resourceType Directory for folders, Either for both, and neither for missing paths', () => {
    const kinds = (resourceType: string) => list(mapping('x', { resourceType }));
    const takes = (resourceType: string, target: Target) => ask(kinds(resourceType), '/a', 'GET', target).mapping?.name;
    expect(takes('Directory', 'directory')).toBe('x');
    expect(takes('Directory', 'file')).toBeUndefined();
    expect(takes('Either', 'file')).toBe('x');
    expect(takes('Either', 'directory')).toBe('x');
    expect(takes('Either', 'missing')).toBeUndefined();
    expect(takes('Unspecified', 'missing')).toBe('x');
  });

  it.each([
    ['managedPipelineMode="Integrated"', ['integratedMode', 'bitness64']],
    ['managedPipelineMode="Classic"', ['classicMode', 'bitness64']],
    ['enable32BitAppOnWin64="true"', ['integratedMode', 'bitness32']],
    ['managedRuntimeVersion="v4.0"', ['integratedMode', 'bitness64']],
  ])('in a pool with %s the preConditions %j hold, and no other', (attribute, conditions) => {
    const edit = (text: string): string =>
      text.replace('<add name="DefaultAppPool"', `<add name="DefaultAppPool" ${attribute}`);
    const model = server({ edit });
    expect([...conditionsOf(model, at(model, '/').application)]).toEqual(conditions);
  });

  it('all parts of a preCondition must hold', () => {
    const handlers = list(mapping('x', { preCondition: ['integratedMode', 'bitness32'] }));
    const question = { path: '/a', verb: 'GET', target: (): Target => 'file' };
    expect(chooseHandler(handlers, question).mapping).toBeUndefined();
    const conditions = new Set(['integratedMode', 'bitness32']);
    expect(chooseHandler(handlers, { ...question, conditions }).mapping?.name).toBe('x');
  });
});

describe('the handlers of a site', () => {
  const own = (attributes: string) =>
    server({ files: { '/srv/web.config': webConfig(`<handlers><add name="iisnode" ${attributes} /></handlers>`) } });
  const choice = (attributes: string, path: string, verb = 'GET') => {
    const model = own(attributes);
    return chooseHandler(readHandlers(model, at(model, path)), { path, verb, target: () => 'missing' });
  };
  const iisnode = 'path="server.js" verb="*" modules="iisnode"';

  it('OPTIONS and TRACE for the script reach node: its handler comes before those of the server', () => {
    expect(choice(iisnode, '/server.js', 'OPTIONS').mapping?.name).toBe('iisnode');
    expect(choice(iisnode, '/server.js', 'TRACE').mapping?.name).toBe('iisnode');
    expect(choice(iisnode, '/other.js', 'OPTIONS').mapping?.name).toBe('OPTIONSVerbHandler');
    expect(choice(iisnode, '/other.js', 'TRACE').mapping?.name).toBe('TRACEVerbHandler');
  });

  it('without modules= a handler is for managed code', () => {
    expect(choice('path="server.js" verb="*"', '/server.js').mapping?.modules).toEqual(['ManagedPipelineHandler']);
  });

  it('are matched without regard to the case of the path', () => {
    expect(choice(iisnode, '/lib/SERVER.js').mapping?.name).toBe('iisnode');
  });
});
