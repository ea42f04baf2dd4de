module.exports = { apps: [{ name: 'chat', script: './server.js', instances: 1, env: { PORT: 3000 } }, { name: 'mail', script: './mail.js', instances: 4 }] };
