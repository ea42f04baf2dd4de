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
  list: (world, line) => answerList(listPoolObjects(world), line),
  add: (world, line) => {
    const { file } = world;
    const { taken, rest } = takeParameters(line.parameters, ['name']);
    const name = taken.get('name') ?? line.identifier;
    if (name === undefined || name === '') throw parameterMissing('APPPOOL', 'name');
    const schema = poolCollection().entry;
    validated(schema, 'name', name);
    if (listPoolObjects(world).some((pool) => sameName(pool.name, name))) throw duplicateObject(name);
    const parent = file.ensure(poolsPath);
    const at = file.insert(parent, 'add', [['name', name]], nextIndex(file, parent, 'add'));
    applyProperties(file, at, schema, rest);
    return lines(`APPPOOL object "${name}" added`);
  },
  set: (world, line) => {
    const { file } = world;
    const pools = listPoolObjects(world);
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
  delete: (world, line) => {
    const pool = requiredObject(listPoolObjects(world), 'APPPOOL', line);
    world.file.remove(pool.address);
    return lines(`APPPOOL object "${pool.name}" deleted`);
  },
  start: (world, line) => {
    takeParameters(line.parameters, waiting);
    const pool = requiredObject(listPoolObjects(world), 'APPPOOL', line);
    if (!world.running) throw noWorker();
    if (pool.line[2]?.[1] === 'Started') throw alreadyStarted();
    setAutoStart(world.file, pool.address, 'autoStart', true);
    return signalled(`"${pool.name}" successfully started.`, 'start', pool.name);
  },
  stop: (world, line) => {
    const pool = requiredObject(listPoolObjects(world), 'APPPOOL', line);
    if (pool.line[2]?.[1] !== 'Started') throw alreadyStopped();
    setAutoStart(world.file, pool.address, 'autoStart', false);
    return signalled(`"${pool.name}" successfully stopped`, 'stop', pool.name);
  },
  recycle: (world, line) => {
    const pool = requiredObject(listPoolObjects(world), 'APPPOOL', line);
    if (!world.running) throw noWorker();
    if (pool.line[2]?.[1] !== 'Started') throw alreadyStopped();
    return signalled(`"${pool.name}" successfully recycled`, 'recycle', pool.name);
  },
};

const signalled = (text: string, command: Signal['command'], name: string): Answer => ({
  ...lines(text),
  signals: [{ command, object: 'apppool', name }],
});
