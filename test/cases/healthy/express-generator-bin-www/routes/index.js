var express = require('express');
var router = express.Router();
router.get('/', function (req, res) {
  res.send('<h1>Express</h1><script src="/socket.io/socket.io.js"></script><script>io()</script>');
});
module.exports = router;
