module.exports = (format) => (request, response, next) => next();
