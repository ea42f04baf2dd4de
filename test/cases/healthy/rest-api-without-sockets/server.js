const express = require('express');
const app = express();
app.use(express.json());
app.get('/', (req, res) => res.json({ up: true }));
app.get('/api/items/:id', (req, res) => res.json({ id: req.params.id }));
app.listen(process.env.PORT || 3000);
