const { config } = require('./config');
for (const key of Object.keys(config)) config[key] = process.env[key.toUpperCase()] || config[key];
