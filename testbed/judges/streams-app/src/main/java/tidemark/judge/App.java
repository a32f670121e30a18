package tidemark.judge;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/**
 * Counts the records of two topics in tumbling windows, as one of them would be joined with the other: partition n of both
 * is task 0_n. A line per record in the order taken ("took TOPIC PARTITION OFFSET TIME"); for every line on stdin the
 * metrics ("dropped N enforced N"); at the end of stdin it closes.
 */
public final class App {
    public static void main(String[] args) throws Exception {
        String brokers = args[0];
        String id = args[1];
        List<String> topics = List.of(args[2], args[3]);
        String maxTaskIdleMs = args[4];
        Duration size = Duration.ofMillis(Long.parseLong(args[5]));
        Duration grace = Duration.ofMillis(Long.parseLong(args[6]));

        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, id);
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        config.put(StreamsConfig.STATE_DIR_CONFIG, System.getProperty("java.io.tmpdir"));
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "0");
        config.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, maxTaskIdleMs);
        config.put(StreamsConfig.METRICS_RECORDING_LEVEL_CONFIG, "DEBUG");
        // Committed offsets are what the outside sees of its progress.
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "200");
        config.put("auto.offset.reset", "earliest");

        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(topics, Consumed.with(Serdes.String(), Serdes.String()))
            .processValues(Said::new)
            .groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
            .windowedBy(TimeWindows.ofSizeAndGrace(size, grace))
            .count(Materialized.with(Serdes.String(), Serdes.Long()));
        try (KafkaStreams streams = new KafkaStreams(builder.build(), config)) {
            streams.setStateListener((now, before) -> say("state " + now));
            streams.start();
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
            while (in.readLine() != null) say("dropped " + sum(streams, "dropped-records-total") + " enforced " + sum(streams, "enforced-processing-total"));
        }
    }

    private static long sum(KafkaStreams streams, String name) {
        return Math.round(streams.metrics().entrySet().stream()
            .filter(e -> e.getKey().name().equals(name) && e.getKey().group().equals("stream-task-metrics"))
            .mapToDouble(e -> ((Number) e.getValue().metricValue()).doubleValue()).sum());
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static final class Said extends ContextualFixedKeyProcessor<String, String, String> {
        @Override
        public void process(FixedKeyRecord<String, String> record) {
            var at = context().recordMetadata().orElseThrow();
            say("took " + at.topic() + " " + at.partition() + " " + at.offset() + " " + record.timestamp());
            context().forward(record);
        }
    }
}
