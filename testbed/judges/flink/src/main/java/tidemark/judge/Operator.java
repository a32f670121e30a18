package tidemark.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.api.windowing.assigners.EventTimeSessionWindows;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.WindowAssigner;
import org.apache.flink.streaming.api.windowing.triggers.EventTimeTrigger;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.streaming.runtime.operators.windowing.WindowOperator;
import org.apache.flink.streaming.runtime.operators.windowing.WindowOperatorBuilder;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** The real window operator, counting per key. */
final class Operator implements AutoCloseable {
    private static final OutputTag<String> LATE = new OutputTag<>("late", Types.STRING);

    private final OneInputStreamOperator<String, String> operator;
    private final KeyedOneInputStreamOperatorTestHarness<String, String, String> harness;

    Operator(JsonNode spec, boolean sideOutput) throws Exception {
        WindowOperatorBuilder<String, String, TimeWindow> builder = new WindowOperatorBuilder<>(assigner(spec),
            EventTimeTrigger.create(), new ExecutionConfig(), Types.STRING, key -> key, Types.STRING);
        builder.allowedLateness(Duration.ofMillis(spec.path("allowedLatenessMs").asLong()));
        if (sideOutput) builder.sideOutputLateData(LATE);
        operator = builder.aggregate(new Counting(), new Named(), Types.LONG);
        harness = new KeyedOneInputStreamOperatorTestHarness<>(operator, key -> key, Types.STRING);
        harness.open();
    }

    void record(String key, long eventMs) throws Exception {
        harness.processElement(new StreamRecord<>(key, eventMs));
    }

    void watermark(long ms) throws Exception {
        harness.processWatermark(new Watermark(ms));
    }

    /** What has come out since the last call: [key, start, end, count]. */
    List<Object> results() throws Exception {
        List<Object> rows = new ArrayList<>();
        for (Object out = harness.getOutput().poll(); out != null; out = harness.getOutput().poll()) {
            if (!(out instanceof StreamRecord<?> record)) continue;
            rows.add(Judge.JSON.readValue((String) record.getValue(), List.class));
        }
        return rows;
    }

    int sideOutput() {
        var late = harness.getSideOutput(LATE);
        return late == null ? 0 : late.size();
    }

    long numLateRecordsDropped() throws ReflectiveOperationException {
        Field counter = WindowOperator.class.getDeclaredField("numLateRecordsDropped");
        counter.setAccessible(true);
        return ((Counter) counter.get(operator)).getCount();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static WindowAssigner<Object, TimeWindow> assigner(JsonNode spec) {
        JsonNode window = spec.path("window");
        WindowAssigner assigner = switch (window.path("type").asText()) {
            case "session" -> EventTimeSessionWindows.withGap(ms(window, "gapMs"));
            case "hopping" -> SlidingEventTimeWindows.of(ms(window, "sizeMs"), ms(window, "advanceMs"), ms(window, "offsetMs"));
            default -> TumblingEventTimeWindows.of(ms(window, "sizeMs"), ms(window, "offsetMs"));
        };
        return assigner;
    }

    private static Duration ms(JsonNode fields, String name) {
        return Duration.ofMillis(fields.path(name).asLong());
    }

    private static final class Counting implements AggregateFunction<String, Long, Long> {
        @Override
        public Long createAccumulator() {
            return 0L;
        }

        @Override
        public Long add(String record, Long count) {
            return count + 1;
        }

        @Override
        public Long getResult(Long count) {
            return count;
        }

        @Override
        public Long merge(Long one, Long other) {
            return one + other;
        }
    }

    private static final class Named extends ProcessWindowFunction<Long, String, String, TimeWindow> {
        @Override
        public void process(String key, Context context, Iterable<Long> counts, Collector<String> out) throws Exception {
            TimeWindow window = context.window();
            out.collect(Judge.JSON.writeValueAsString(List.of(key, window.getStart(), window.getEnd(), counts.iterator().next())));
        }
    }
}
