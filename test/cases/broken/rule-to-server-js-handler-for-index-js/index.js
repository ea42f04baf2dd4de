require('./server');
