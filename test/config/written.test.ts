import { expect, it } from 'vitest';
import { at, server, webConfig } from './support.js';

it('lists each attribute that a file sets, here and below, with its place, and no default', () => {
  const text = `<rewrite><rules>
<rule name="to node" stopProcessing="true"><match url="^api" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>
<webSocket enabled="false" />`;
  const model = server({ files: { '/srv/web.config': webConfig(text) } });
  const written = (section: string) =>
    model
      .effective(section, at(model, '/'))
      .written()
      .map(({ path, value, origin }) => [path, value, origin?.file]);
  expect(written('system.webServer/webSocket')).toEqual([['enabled', false, '/srv/web.config']]);
  expect(written('system.webServer/rewrite/rules')).toEqual(
    [
      ['rule[to node]/name', 'to node'],
      ['rule[to node]/stopProcessing', true],
      ['rule[to node]/match/url', '^api'],
      ['rule[to node]/action/type', 'Rewrite'],
      ['rule[to node]/action/url', 'server.js'],
    ].map((row) => [...row, '/srv/web.config']),
  );
  expect(written('appSettings')).toEqual([]);
});

it('entries that are inherited are listed with the file that has them', () => {
  const files = webConfig('<handlers><add name="own" path="a.js" verb="*" modules="iisnode" /></handlers>');
  const model = server({ files: { '/srv/web.config': files } });
  const rows = model.effective('system.webServer/handlers', at(model, '/')).written();
  const placeOf = (path: string) => rows.find((row) => row.path === path)?.origin?.file;
  expect(placeOf('add[own]/path')).toBe('/srv/web.config');
  expect(placeOf('add[StaticFile]/path')).toMatch(/applicationHost\.config$/);
});
