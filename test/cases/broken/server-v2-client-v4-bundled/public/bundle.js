console.log('made by a bundler');
