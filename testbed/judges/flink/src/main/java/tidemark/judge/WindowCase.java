package tidemark.judge;

import static tidemark.judge.Judge.fields;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/** Kind "window": records and ticks in order of processing time, then the end of the input. */
final class WindowCase extends Output<Sources.Event> {
    private final List<Object> records = new ArrayList<>();
    private final List<Object> watermarks = new ArrayList<>();
    private final List<Object> emissions = new ArrayList<>();
    private final Windows windows = new Windows();
    private final Operator operator;
    /** The same operator without a side output, for its counter. */
    private final Operator counting;
    private Long watermark;
    private String at;
    private int after;
    private long wallMs;

    private WindowCase(JsonNode spec) throws Exception {
        operator = new Operator(spec, true);
        counting = new Operator(spec, false);
    }

    static Map<String, Object> run(JsonNode given) throws Exception {
        return new WindowCase(given.path("spec")).play(given.path("spec"), given.path("trace"));
    }

    private Map<String, Object> play(JsonNode spec, JsonNode trace) throws Exception {
        long intervalMs = spec.path("watermark").path("intervalMs").asLong();
        long firstMs = trace.path(0).path("arrival").asLong();
        long nextTickMs = firstMs + intervalMs;
        Sources sources = new Sources(spec, this);
        for (JsonNode record : trace) {
            long arrivalMs = record.path("arrival").asLong();
            for (; intervalMs > 0 && nextTickMs <= arrivalMs; nextTickMs += intervalMs) tick(sources, firstMs, nextTickMs, record.path("i").asInt() - 1);
            begin("record", record.path("i").asInt(), arrivalMs);
            Long before = watermark;
            int lateBefore = operator.sideOutput();
            sources.record(record.path("partition").asInt(), new Sources.Event(record.path("key").asText(), record.path("ts").asLong()));
            records.add(fields("i", record.path("i"), "watermark", before, "late", operator.sideOutput() > lateBefore, "watermarkAfter", watermark));
        }
        int last = trace.size() - 1;
        long endMs = trace.path(last).path("arrival").asLong() + 3 * Math.max(intervalMs, spec.path("idleTimeoutMs").asLong(0));
        for (; intervalMs > 0 && nextTickMs <= endMs; nextTickMs += intervalMs) tick(sources, firstMs, nextTickMs, last);
        Long lastWatermark = watermark;
        begin("end", last, endMs);
        operator.watermark(Long.MAX_VALUE);
        counting.watermark(Long.MAX_VALUE);
        drain("watermark");
        Map<String, Object> counters = fields("numLateRecordsDropped", counting.numLateRecordsDropped(),
            "lateSideOutput", operator.sideOutput(), "lastWatermark", lastWatermark);
        operator.close();
        counting.close();
        return fields("records", records, "watermarks", watermarks, "emissions", emissions, "windows", windows.sorted(), "counters", counters);
    }

    private void tick(Sources sources, long firstMs, long tickMs, int lastRecord) {
        begin("tick", lastRecord, tickMs);
        sources.tick(tickMs - firstMs);
    }

    private void begin(String what, int lastRecord, long nowMs) {
        at = what;
        after = lastRecord;
        wallMs = nowMs;
    }

    @Override
    public void emitRecord(StreamRecord<Sources.Event> record) throws Exception {
        operator.record(record.getValue().key(), record.getTimestamp());
        counting.record(record.getValue().key(), record.getTimestamp());
        drain("element");
    }

    @Override
    public void emitWatermark(Watermark mark) throws Exception {
        watermark = mark.getTimestamp();
        watermarks.add(fields("at", at, "after", after, "wall", wallMs, "watermark", mark.getTimestamp()));
        operator.watermark(mark.getTimestamp());
        counting.watermark(mark.getTimestamp());
        drain("watermark");
    }

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {
        watermarks.add(fields("at", at, "after", after, "wall", wallMs, "status", status.isIdle() ? "idle" : "active"));
    }

    private void drain(String cause) throws Exception {
        List<Object> results = operator.results();
        windows.take(null, results);
        for (Object window : results)
            emissions.add(fields("at", at, "after", after, "wall", wallMs, "cause", cause, "window", window));
    }
}
