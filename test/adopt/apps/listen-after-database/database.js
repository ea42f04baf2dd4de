// Stands in for a driver: what takes a while is the same.
const later = (value) => new Promise((resolve) => setTimeout(resolve, 300, value));

exports.connect = () => later();
exports.names = () => later(['Beatrice', 'Virgil']);
