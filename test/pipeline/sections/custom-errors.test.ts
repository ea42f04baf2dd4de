import { describe, expect, it } from 'vitest';
import { customErrorFor, customErrorsAt, showsDetails } from '../../../src/pipeline/sections/index.js';
import { at, server, webConfig } from '../../config/support.js';

const errorsOf = (section: string, edit = (text: string): string => text) => {
  const model = server({ files: { '/srv/web.config': webConfig(section) }, edit });
  return customErrorsAt({ model, at: at(model, '/') });
};

describe('httpErrors', () => {
  it.each([
    ['DetailedLocalOnly', true, true],
    ['DetailedLocalOnly', false, false],
    ['Detailed', false, true],
    ['Custom', true, false],
  ])('errorMode %s, local %s: detailed page %s', (mode, local, shown) => {
    expect(showsDetails(errorsOf(`<httpErrors errorMode="${mode}" />`), local)).toBe(shown);
  });

  it('uses the entry of the exact sub-status before the one for all of them', () => {
    const errors = errorsOf(
      '<httpErrors><remove statusCode="404" /><error statusCode="404" path="/all" responseMode="ExecuteURL" /><error statusCode="404" subStatusCode="8" path="hidden.htm" /></httpErrors>',
    );
    expect(customErrorFor(errors, 404, 8)).toMatchObject({ path: 'hidden.htm', responseMode: 'File' });
    expect(customErrorFor(errors, 404, 0)).toMatchObject({ path: '/all', responseMode: 'ExecuteURL' });
    expect(customErrorFor(errors, 403, 14)).toBeUndefined();
  });

  it('does not treat the pages of a new IIS as files of the site', () => {
    expect(errorsOf('<httpErrors errorMode="Custom" />').errors).toEqual([]);
  });

  it('searches below prefixLanguageFilePath in the folder of a language', () => {
    const text =
      '<httpErrors><remove statusCode="404" /><error statusCode="404" prefixLanguageFilePath="errors" path="lost.htm" /></httpErrors>';
    expect(customErrorFor(errorsOf(text), 404, 0)?.path).toBe('errors\\en-US\\lost.htm');
  });

  it('uses defaultPath otherwise, which only the server may set', () => {
    const edit = (text: string): string =>
      text.replace('<httpErrors ', '<httpErrors defaultPath="/oops" defaultResponseMode="Redirect" ');
    const errors = errorsOf('<httpErrors errorMode="Custom" />', edit);
    expect(customErrorFor(errors, 410, 0)).toEqual({
      status: 410,
      subStatus: 0,
      path: '/oops',
      responseMode: 'Redirect',
    });
  });
});
