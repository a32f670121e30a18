package tidemark.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.internals.StreamTask;

/**
 * One real StreamTask. The test driver builds it, but its pipeInput takes one record at a time and refuses negative
 * timestamps, so records are handed to the task itself, as a poll does.
 */
final class Task implements AutoCloseable {
    /** Where the records of the step in hand leave their traces. */
    static final class Step {
        Long position;
        long streamTimeMs = -1;
        List<Object> updates = new ArrayList<>();
    }

    private final TopologyTestDriver driver;
    private final StreamTask task;
    private final MockConsumer<byte[], byte[]> consumer;
    private final Time time;
    private final Step step = new Step();

    enum Results { UPDATES, SUPPRESSED, ON_CLOSE, TIMED }

    Task(JsonNode spec, List<String> topics, Results results, long wallMs) throws Exception {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "judge-" + System.nanoTime());
        config.put(StreamsConfig.STATE_DIR_CONFIG, System.getProperty("java.io.tmpdir"));
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "0");
        config.put(StreamsConfig.METRICS_RECORDING_LEVEL_CONFIG, "DEBUG");
        // Averages and maxima over the whole run, not over its last half minute.
        config.put(StreamsConfig.METRICS_SAMPLE_WINDOW_MS_CONFIG, Long.toString(100_000_000_000_000L));
        config.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, spec.path("maxTaskIdleMs").asText("-1"));
        config.put(StreamsConfig.InternalConfig.EMIT_INTERVAL_MS_KSTREAMS_WINDOWED_AGGREGATION, spec.path("emitIntervalMs").asLong(0));
        driver = new TopologyTestDriver(Counted.topology(spec, topics, results, step), config, java.time.Instant.ofEpochMilli(wallMs));
        task = (StreamTask) read("task");
        @SuppressWarnings("unchecked")
        MockConsumer<byte[], byte[]> mock = (MockConsumer<byte[], byte[]>) read("consumer");
        consumer = mock;
        time = (Time) read("mockWallClockTime");
    }

    private Object read(String name) throws ReflectiveOperationException {
        Field field = TopologyTestDriver.class.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(driver);
    }

    void advanceTo(long wallMs) {
        time.sleep(Math.max(0, wallMs - time.milliseconds()));
    }

    /** What one poll has brought, together: an extractor that skips sees all of it before a head is settled. */
    void add(String topic, long firstOffset, List<JsonNode> records) {
        List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
        for (JsonNode record : records) polled.add(asPolled(topic, firstOffset + polled.size(), record));
        task.addRecords(new TopicPartition(topic, 0), polled);
    }

    private static ConsumerRecord<byte[], byte[]> asPolled(String topic, long offset, JsonNode record) {
        byte[] position = bytes(record.path("i").asText());
        byte[] key = record.path("key").isNull() ? null : bytes(record.path("key").asText());
        byte[] value = record.has("value") ? null : position;
        RecordHeaders headers = new RecordHeaders();
        headers.add("i", position);
        return new ConsumerRecord<>(topic, 0, offset, record.path("ts").asLong(), TimestampType.CREATE_TIME,
            key == null ? ConsumerRecord.NULL_SIZE : key.length, value == null ? ConsumerRecord.NULL_SIZE : value.length,
            key, value, headers, Optional.empty());
    }

    void setLag(String topic, long fetched, long endOffset) {
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.updateEndOffsets(Map.of(partition, endOffset));
        consumer.seek(partition, fetched);
    }

    void updateLags() {
        task.updateLags();
    }

    /** False: the task waits, or has nothing. */
    boolean process() {
        step.position = null;
        step.updates = new ArrayList<>();
        return task.process(time.milliseconds());
    }

    Step step() {
        return step;
    }

    boolean hasBuffered() {
        return task.hasRecordsQueued();
    }

    double metric(String name) {
        return driver.metrics().entrySet().stream()
            .filter(e -> e.getKey().name().equals(name) && e.getKey().tags().containsKey("task-id"))
            .mapToDouble(e -> ((Number) e.getValue().metricValue()).doubleValue())
            .findFirst().orElseThrow(() -> new IllegalStateException("no metric " + name));
    }

    @Override
    public void close() {
        try {
            driver.close();
        } catch (RuntimeException afterAnError) {
            // A task that has failed cannot be closed cleanly; what it did before is known already.
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
