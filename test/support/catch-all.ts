const handlers = '<handlers><add name="n" path="server.js" verb="*" modules="iisnode" /></handlers>';
const rule = '<rule name="all"><match url=".*" /><action type="Rewrite" url="server.js" /></rule>';

/** A web.config whose iisnode runs server.js for every URL; `inside` stands before system.webServer. */
export const catchAll = (inside = ''): string =>
  `<configuration>${inside}<system.webServer>${handlers}<rewrite><rules>${rule}</rules></rewrite></system.webServer></configuration>`;
