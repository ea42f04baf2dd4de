module.exports = {
  apps: [
    {
      name: 'chat',
      script: './server.js',
      instances: 'max',
      exec_mode: 'cluster',
      env: { NODE_ENV: 'production' },
    },
  ],
};
