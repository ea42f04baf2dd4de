import { validated } from './check-value.js';
import { answerList, requiredObject, takeParameters } from './common.js';
import { listPoolObjects, poolCollection, poolsPath, sameName } from './objects.js';
import { applyProperties } from './properties.js';
import { alreadyStarted, alreadyStopped, duplicateObject, noWorker, parameterMissing } from './refusal.js';
import { nextIndex, setAutoStart } from './site.js';
import { type Answer, lines, type Signal, type Verbs } from './world.js';

const waiting = ['wait', 'timeout'];

/** Verbs of `apppool`. */
export const poolVerbs: Verbs = {
  list: ({ file, running }, line) => answerList(listPoolObjects(file, running), line),
  add: ({ file, running }, line) => {
    const { taken, rest } = takeParameters(line.parameters, ['name']);
    const name = taken.get('name') ?? line.identifier;
    if (name === undefined || name === '') throw parameterMissing('APPPOOL', 'name');
    const schema = poolCollection().entry;
    validated(schema, 'name', name);
    if (listPoolObjects(file, running).some((pool) => sameName(pool.name, name))) throw duplicateObject(name);
    const parent = file.ensure(poolsPath);
    const at = file.insert(parent, 'add', [['name', name]], nextIndex(file, parent, 'add'));
    applyProperties(file, at, schema, rest);
    return lines(`APPPOOL object "${name}" added`);
  },
  set: ({ file, running }, line) => {
    const pools = listPoolObjects(file, running);
    const pool = requiredObject(pools, 'APPPOOL', line);
    const { taken, rest } = takeParameters(line.parameters, ['name']);
    const name = taken.get('name');
    if (name !== undefined) {
      validated(pool.schema, 'name', name);
      if (pools.some((other) => other !== pool && sameName(other.name, name))) throw duplicateObject(name);
      file.setAttribute(pool.address, 'name', name);
    }
    applyProperties(file, pool.address, pool.schema, rest);
    return lines(`APPPOOL object "${pool.name}" changed`);
  },
  // Applications that still use it are not checked: they then answer 503, as on IIS.
  delete: ({ file, running }, line) => {
    const pool = requiredObject(listPoolObjects(file, running), 'APPPOOL', line);
    file.remove(pool.address);
    return lines(`APPPOOL object "${pool.name}" deleted`);
  },
  start: ({ file, running }, line) => {
    takeParameters(line.parameters, waiting);
    const pool = requiredObject(listPoolObjects(file, running), 'APPPOOL', line);
    if (!running) throw noWorker();
    if (pool.line[2]?.[1] === 'Started') throw alreadyStarted();
    setAutoStart(file, pool.address, 'autoStart', true);
    return signalled(`"${pool.name}" successfully started.`, 'start', pool.name);
  },
  stop: ({ file, running }, line) => {
    const pool = requiredObject(listPoolObjects(file, running), 'APPPOOL', line);
    if (pool.line[2]?.[1] !== 'Started') throw alreadyStopped();
    setAutoStart(file, pool.address, 'autoStart', false);
    return signalled(`"${pool.name}" successfully stopped`, 'stop', pool.name);
  },
  recycle: ({ file, running }, line) => {
    const pool = requiredObject(listPoolObjects(file, running), 'APPPOOL', line);
    if (!running) throw noWorker();
    if (pool.line[2]?.[1] !== 'Started') throw alreadyStopped();
    return signalled(`"${pool.name}" successfully recycled`, 'recycle', pool.name);
  },
};

const signalled = (text: string, command: Signal['command'], name: string): Answer => ({
  ...lines(text),
  signals: [{ command, object: 'apppool', name }],
});
