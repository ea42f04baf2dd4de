import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsIn } from '../../src/server/events.js';
import { eventLog } from '../../src/server/probes/event-log.js';
import { dante } from './recorded.js';

/** As wevtutil prints it; newer events name their values. */
const event = (id: number, at: string, ...values: string[]): string =>
  `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-WAS' Guid='{524B5D04-133C-4A62-8362-64E8EDB9CE40}' EventSourceName='WAS'/><EventID Qualifiers='32768'>${id}</EventID><Version>0</Version><Level>3</Level><TimeCreated SystemTime='${at}'/><Computer>WEB1</Computer><Security/></System><EventData>${values.join('')}</EventData></Event>`;
const named = (name: string, value: string): string => `<Data Name='${name}'>${value}</Data>`;
const log = (...all: string[]): string => `<Events>${all.join('\r\n')}</Events>\r\n`;

describe('the event log', () => {
  it('has what is known of the pool, in English', () => {
    const text = log(
      event(5002, '2026-01-31T10:00:05.1234567Z', named('AppPoolID', 'dante')),
      event(
        5009,
        '2026-01-31T10:00:04Z',
        '<Data>Dante</Data>',
        '<Data>4711</Data>',
        '<Data>c0000005</Data>',
        '<Binary>00</Binary>',
      ),
      event(5009, '2026-01-31T10:00:03Z', named('AppPoolID', 'Other'), named('ProcessID', '1')),
      event(2280, '2026-01-31T10:00:02Z', '<Data>C:\\Program Files\\iisnode\\iisnode.dll</Data>'),
      event(5074, '2026-01-31T10:00:01Z', named('AppPoolID', 'Dante')),
      event(5021, 'yesterday', named('AppPoolID', 'Dante')),
    );
    expect(eventsIn(text, dante)).toEqual([
      {
        id: 5002,
        source: 'WAS',
        kind: 'disabled',
        at: '2026-01-31T10:00:05.1234567Z',
        says: "Application pool 'dante' is being automatically disabled due to a series of failures",
      },
      expect.objectContaining({
        kind: 'crash',
        says: "A process serving application pool 'Dante' terminated unexpectedly (process 4711, exit code c0000005)",
      }),
      expect.objectContaining({
        kind: 'module',
        says: 'The Module DLL C:\\Program Files\\iisnode\\iisnode.dll failed to load',
      }),
    ]);
  });

  it('compares names of pools as they are, not as they are written in XML', () => {
    const app = { ...dante, pool: { name: 'a & <b>', identity: '' } };
    expect(
      eventsIn(log(event(5021, '2026-01-31T10:00:00Z', named('AppPoolID', 'a &amp; &lt;b&gt;'))), app),
    ).toHaveLength(1);
  });

  it('without events has none', () => {
    expect(eventsIn('<Events></Events>', dante)).toEqual([]);
    expect(eventsIn('<Events/>', dante)).toEqual([]);
    expect(eventsIn('', dante)).toBeUndefined();
  });

  it('is asked for one day and a bounded number, of known events alone', () => {
    expect(eventLog('IIS-W3SVC-WP').ask(dante)).toEqual({
      program: ['wevtutil.exe'],
      args: [
        'qe',
        'Application',
        "/q:*[System[Provider[@Name='Microsoft-Windows-IIS-W3SVC-WP'] and (EventID=2280 or EventID=2282 or EventID=2297 or EventID=2307) and TimeCreated[timediff(@SystemTime) <= 86400000]]]",
        '/c:60',
        '/rd:true',
        '/f:xml',
        '/e:Events',
      ],
    });
    expect(eventLog('WAS').ask({ directory: 'C:\\x' })).toBeUndefined();
  });

  it('of any text is a list or none', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '<Events>',
            '</Events>',
            '<Event>',
            '</Event>',
            '<System>',
            '<EventID>5002',
            '<Data>',
            '&amp;',
            '&#x0;',
            '&x;',
            'Dante',
            "='",
            '<!--',
            ']]>',
            '<__proto__>',
            '</',
          ),
          { maxLength: 40 },
        ),
        (parts) => {
          const events = eventsIn(parts.join(''), dante);
          expect(events === undefined || Array.isArray(events)).toBe(true);
        },
      ),
      { numRuns: 200 },
    ));
});
