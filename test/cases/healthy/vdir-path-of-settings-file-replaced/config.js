const file = require('./config.json');
module.exports = Object.assign({}, file, process.env.SOCKET_PATH ? { path: process.env.SOCKET_PATH } : {});
