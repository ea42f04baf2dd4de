const app = require('express')();
app.get('/', (req, res) => res.send('<script src="/socket.io/socket.io.js"></script><script>io()</script>'));
app.listen(process.env.PORT);
