package tidemark.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;

/** Kind "time": how long the test driver takes for a trace, by its own front door. The trace comes once, then it is asked for again. */
final class Stopwatch {
    private static JsonNode held;

    static Map<String, Object> run(JsonNode given) {
        if (given.has("trace")) held = given;
        JsonNode spec = held.path("spec");
        int records = held.path("trace").path("ts").size();
        String[] keys = new String[records];
        long[] times = new long[records];
        for (int i = 0; i < records; i++) {
            keys[i] = held.path("trace").path("keys").path(i).asText();
            times[i] = held.path("trace").path("ts").path(i).asLong();
        }
        java.util.Properties config = new java.util.Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "judge-" + System.nanoTime());
        config.put(StreamsConfig.STATE_DIR_CONFIG, System.getProperty("java.io.tmpdir"));
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "0");
        Task.Step step = new Task.Step();
        try (TopologyTestDriver driver = new TopologyTestDriver(
                Counted.topology(spec, List.of("input"), Task.Results.UPDATES, step), config)) {
            TestInputTopic<String, String> input = driver.createInputTopic("input", new StringSerializer(), new StringSerializer());
            org.apache.kafka.common.header.Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders();
            headers.add("i", new byte[] {'0'});
            long updates = 0;
            long startedNs = System.nanoTime();
            for (int i = 0; i < records; i++) {
                input.pipeInput(new org.apache.kafka.streams.test.TestRecord<>(keys[i], "v", headers, times[i]));
                updates += step.updates.size();
                step.updates.clear();
            }
            long tookNs = System.nanoTime() - startedNs;
            double dropped = driver.metrics().entrySet().stream()
                .filter(e -> e.getKey().name().equals("dropped-records-total"))
                .mapToDouble(e -> ((Number) e.getValue().metricValue()).doubleValue()).sum();
            return Judge.fields("tookNs", tookNs, "updates", updates, "dropped", Math.round(dropped));
        }
    }
}
