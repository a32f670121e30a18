package tidemark.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.SessionWindowedKStream;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindowedKStream;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.FailOnInvalidTimestamp;
import org.apache.kafka.streams.processor.LogAndSkipOnInvalidTimestamp;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.processor.UsePartitionTimeOnInvalidTimestamp;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.WindowStore;

/** The windowed count that a spec describes, as an application would write it. */
final class Counted {
    static Topology topology(JsonNode spec, List<String> topics, Task.Results results, Task.Step step) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> input = builder.stream(topics,
            Consumed.with(Serdes.String(), Serdes.String()).withTimestampExtractor(extractor(spec)));
        Set<String> filtered = new HashSet<>();
        spec.path("filterOutKeys").forEach(key -> filtered.add(key.asText()));
        KStream<String, String> taken = results == Task.Results.TIMED ? input : input.processValues(() -> new Head(step));
        KGroupedStream<String, String> grouped = taken
            .filter((key, value) -> !filtered.contains(key))
            .groupByKey(Grouped.with(Serdes.String(), Serdes.String()));
        KTable<Windowed<String>, Long> counts = count(spec, grouped, results);
        if (results == Task.Results.SUPPRESSED)
            counts = counts.suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded()));
        counts.toStream().foreach((window, count) -> step.updates.add(
            Arrays.asList(window.key(), window.window().start(), window.window().end(), count)));
        return builder.build();
    }

    /** Sees every record that the task has taken, before anything filters it. */
    private static final class Head extends ContextualFixedKeyProcessor<String, String, String> {
        private final Task.Step step;

        Head(Task.Step step) {
            this.step = step;
        }

        @Override
        public void process(FixedKeyRecord<String, String> record) {
            step.position = Long.parseLong(new String(record.headers().lastHeader("i").value(), StandardCharsets.UTF_8));
            step.streamTimeMs = context().currentStreamTimeMs();
            context().forward(record);
        }
    }

    private static KTable<Windowed<String>, Long> count(JsonNode spec, KGroupedStream<String, String> grouped, Task.Results results) {
        JsonNode window = spec.path("window");
        Duration grace = Duration.ofMillis(spec.path("graceMs").asLong());
        boolean none = spec.path("graceApi").asText().equals("none");
        EmitStrategy emit = results == Task.Results.ON_CLOSE ? EmitStrategy.onWindowClose() : EmitStrategy.onWindowUpdate();
        switch (window.path("type").asText()) {
            case "session": {
                Duration gap = ms(window, "gapMs");
                SessionWindowedKStream<String, String> windowed = grouped.windowedBy(
                    none ? SessionWindows.ofInactivityGapWithNoGrace(gap) : SessionWindows.ofInactivityGapAndGrace(gap, grace));
                Materialized<String, Long, SessionStore<Bytes, byte[]>> store = Materialized.with(Serdes.String(), Serdes.Long());
                return windowed.emitStrategy(emit).count(kept(spec, store));
            }
            case "sliding": {
                Duration difference = ms(window, "timeDifferenceMs");
                return timed(spec, emit, grouped.windowedBy(none
                    ? SlidingWindows.ofTimeDifferenceWithNoGrace(difference)
                    : SlidingWindows.ofTimeDifferenceAndGrace(difference, grace)));
            }
            default: {
                Duration size = ms(window, "sizeMs");
                TimeWindows windows = none ? TimeWindows.ofSizeWithNoGrace(size) : TimeWindows.ofSizeAndGrace(size, grace);
                if (window.has("advanceMs")) windows = windows.advanceBy(ms(window, "advanceMs"));
                return timed(spec, emit, grouped.windowedBy(windows));
            }
        }
    }

    private static KTable<Windowed<String>, Long> timed(JsonNode spec, EmitStrategy emit, TimeWindowedKStream<String, String> windowed) {
        Materialized<String, Long, WindowStore<Bytes, byte[]>> store = Materialized.with(Serdes.String(), Serdes.Long());
        return windowed.emitStrategy(emit).count(kept(spec, store));
    }

    private static <S extends org.apache.kafka.streams.processor.StateStore> Materialized<String, Long, S> kept(
            JsonNode spec, Materialized<String, Long, S> store) {
        Materialized<String, Long, S> plain = store.withCachingDisabled().withLoggingDisabled();
        return spec.has("retentionMs") ? plain.withRetention(ms(spec, "retentionMs")) : plain;
    }

    private static TimestampExtractor extractor(JsonNode spec) {
        return switch (spec.path("timestampExtractor").asText("FailOnInvalidTimestamp")) {
            case "LogAndSkipOnInvalidTimestamp" -> new LogAndSkipOnInvalidTimestamp();
            case "UsePartitionTimeOnInvalidTimestamp" -> new UsePartitionTimeOnInvalidTimestamp();
            default -> new FailOnInvalidTimestamp();
        };
    }

    private static Duration ms(JsonNode fields, String name) {
        return Duration.ofMillis(fields.path(name).asLong());
    }
}
