const express = require('express');
const app = express();
app.use(express.static(require('path').join(__dirname, '../public')));
module.exports = app;
