var socket = io();
document.title = 'Ticker';
