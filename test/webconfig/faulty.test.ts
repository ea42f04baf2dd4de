import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { routesOf } from '../../src/webconfig/index.js';
import { parseXml } from '../../src/xml/index.js';
import { testFolder } from '../files/folder.js';

const several = (count: number, xml: (number: number) => string): string =>
  Array.from({ length: count }, (_, number) => xml(number)).join('\n');

/** A web.config with this many faults in each of three sections. IIS stops at the first of a section. */
const faulty = (count: number): string => `<configuration><system.webServer>
<handlers>
${several(count, (number) => `<add name="h${number}" path="h${number}.js" verb="*" modules="iisnode" colour="red" />`)}
<add name="iisnode" path="server.js" verb="*" modules="iisnode" />
</handlers>
<rewrite><rules>
${several(count, (number) => `<rule name="r${number}" stopProcesing="true"><match url="^r${number}$" /><action type="None" /></rule>`)}
<rule name="socket.io"><match url="^socket\\.io/" /><action type="Rewrite" url="server.js" /></rule>
</rules></rewrite>
<staticContent>
${several(count, () => '<mimeMap fileExtension=".css" mimeType="a/b" />')}
</staticContent>
</system.webServer></configuration>`;

describe('a web.config with many faults', () => {
  it.each([1, 20, 50])('is read around them: %i in each of three sections', async (count) => {
    const text = faulty(count);
    const routes = routesOf(parseXml(text), '/dante');
    expect(routes.isKnown).toBe(true);
    expect(routes.target('socket.io/')).toBe('server.js');

    const cwd = testFolder();
    writeFileSync(path.join(cwd, 'web.config'), text);
    const { findings } = await diagnose('.', { cwd, only: ['CONFIG_ERROR', 'DUPLICATE_ENTRY'] });
    expect(findings).toHaveLength(3 * count);
  });

  it('is read with a limit: of hundreds in one section the rest stays unknown', () => {
    const routes = routesOf(parseXml(faulty(300)), '/dante');
    expect(routes.isKnown).toBe(false);
  });
});
