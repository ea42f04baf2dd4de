// Loaded into a process under measurement: at SIGUSR2 it collects its garbage and writes what it then holds to
// $BENCH_MEMORY/PID.json. Runs on Node 0.10, too.
// biome-ignore-all lint/style/useNodejsImportProtocol: unknown to Node 0.10
// biome-ignore-all lint/style/useTemplate: unknown to Node 0.10
const fs = require('fs');

const collect = global.gc || collector();

process.on('SIGUSR2', function onSignal() {
  collect();
  collect();
  const file = process.env.BENCH_MEMORY + '/' + process.pid + '.json';
  fs.writeFileSync(file + '~', JSON.stringify(process.memoryUsage()));
  fs.renameSync(file + '~', file);
});

/** The collector of a process that was started without --expose-gc. */
function collector() {
  require('v8').setFlagsFromString('--expose-gc');
  return require('vm').runInNewContext('gc');
}
