import('./server.js');
