import { describe, expect, it } from 'vitest';
import { chooseHandler, type HandlerList, type HandlerMapping, type Target } from '../../../src/host/index.js';

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
  it('takes the first mapping that fits, and says why the others before it did not', () => {
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

  it('lets a mapping of resourceType File take files only', () => {
    const handlers = list(mapping('files', { resourceType: 'File' }), staticFile);
    expect(ask(handlers, '/a', 'GET', 'file').mapping?.name).toBe('files');
    expect(ask(handlers, '/a', 'GET', 'directory').mapping?.name).toBe('StaticFile');
  });

  it('gives a missing file to StaticFile, whose answer is 404.0', () => {
    const choice = ask(list(mapping('iisnode', { path: 'server.js' }), staticFile), '/gone.txt');
    expect(choice.mapping?.name).toBe('StaticFile');
    expect(choice.failure).toBeUndefined();
  });

  it('answers 404.4 when nothing takes the URL', () => {
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
});
