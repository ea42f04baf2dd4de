const { Router } = require('express');
const router = Router();
router.get('/rooms/:id?', (req, res) => res.json({ room: req.params.id || 'all' }));
module.exports = router;
