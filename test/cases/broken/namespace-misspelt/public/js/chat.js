const news = io('/new');
news.on('item', (text) => console.log(text));
