// Every setting may come from the environment: PORT, LOG_LEVEL, ..
const config = { port: 3000, logLevel: 'info', room: 'lobby' };

for (const key of Object.keys(config)) {
  const fromEnvironment = process.env[key.replace(/[A-Z]/g, (c) => '_' + c).toUpperCase()];
  if (fromEnvironment !== undefined) config[key] = fromEnvironment;
}

module.exports = config;
