import { eventsIn, numbersOf } from '../events.js';
import type { EventSeen, Probe } from '../types.js';

/** The last day, at most so many of the newest. */
const age = 24 * 60 * 60 * 1000;
const most = 60;

const logOf: Readonly<Record<EventSeen['source'], string>> = { WAS: 'System', 'IIS-W3SVC-WP': 'Application' };

/** What WAS and worker processes have reported about the app's pool. */
export const eventLog = (source: EventSeen['source']): Probe => ({
  about: `the event log ${logOf[source]}`,
  ask: (app) => {
    if (app?.pool === undefined) return undefined;
    const ids = numbersOf(source).map((id) => `EventID=${id}`);
    const filter = [
      `Provider[@Name='Microsoft-Windows-${source}']`,
      `(${ids.join(' or ')})`,
      `TimeCreated[timediff(@SystemTime) <= ${age}]`,
    ].join(' and ');
    const query = `/q:*[System[${filter}]]`;
    return {
      program: ['wevtutil.exe'],
      args: ['qe', logOf[source], query, `/c:${most}`, '/rd:true', '/f:xml', '/e:Events'],
    };
  },
  read: (text, app) => {
    const events = app && eventsIn(text, app);
    return events === undefined ? {} : { events };
  },
});
