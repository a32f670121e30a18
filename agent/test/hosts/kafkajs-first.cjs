/** A preload that comes before ours and has kafkajs already. */
require('kafkajs');
