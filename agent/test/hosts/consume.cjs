/**
 * What all hosts of the tests do once they have kafkajs, however they got it: consume until `expected` records came in every
 * group, count those below the highest timestamp before them, say so and leave.
 */
module.exports = async function consume({ Kafka, logLevel }, options) {
  const { brokers, topic, groups, handler, expected, throwAt } = options;
  const kafka = new Kafka({ clientId: 'host', brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 100 } });
  await Promise.all(
    groups.map(async (groupId) => {
      const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200 });
      const seen = { group: groupId, processed: 0, late: 0, thrown: 0, thisIs: undefined };
      let highest = -Infinity;
      let done;
      const enough = new Promise((resolve) => {
        done = resolve;
      });
      const take = (message) => {
        const stamp = Number(message.timestamp);
        if (stamp < highest) seen.late++;
        highest = Math.max(highest, stamp);
        if (++seen.processed === expected) done();
      };
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run(
        handler === 'eachBatch'
          ? {
              async eachBatch({ batch }) {
                seen.thisIs = this?.constructor?.name;
                for (const message of batch.messages) take(message);
              },
            }
          : {
              async eachMessage({ message }) {
                seen.thisIs = this?.constructor?.name;
                if (seen.processed === throwAt && seen.thrown === 0) {
                  seen.thrown++;
                  throw new Error('the host has a bug');
                }
                take(message);
              },
            },
      );
      await enough;
      await consumer.disconnect();
      console.log(JSON.stringify(seen));
    }),
  );
};
