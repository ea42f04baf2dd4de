require('./lib/start')(process.env.PORT || 8080);
