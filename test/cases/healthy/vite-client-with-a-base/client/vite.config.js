export default { base: '/spa/' };
