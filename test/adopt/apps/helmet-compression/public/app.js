io().on('address', (address) => {
  document.getElementById('address').textContent = 'You are at ' + address;
});
