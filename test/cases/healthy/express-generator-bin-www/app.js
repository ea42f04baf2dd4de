var express = require('express');
var path = require('path');
var indexRouter = require('./routes/index');
var app = express();
app.use(express.json());
app.use(express.static(path.join(__dirname, 'public')));
app.use('/', indexRouter);
module.exports = app;
