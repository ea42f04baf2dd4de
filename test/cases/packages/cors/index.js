module.exports = ({ origin = '*' } = {}) => (request, response, next) => {
  response.setHeader('Access-Control-Allow-Origin', origin);
  next();
};
