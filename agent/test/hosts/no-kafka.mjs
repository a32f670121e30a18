console.log(JSON.stringify({ kafka: 'none' }));
