package tidemark.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.BoundedOutOfOrdernessWatermarks;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.apache.flink.streaming.api.operators.source.TimestampsAndWatermarks;
import org.apache.flink.streaming.api.operators.util.PausableRelativeClock;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.io.PushingAsyncDataInput.DataOutput;
import org.apache.flink.streaming.runtime.watermarkstatus.StatusWatermarkValve;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.clock.ManualClock;

/** The real outputs of one source reader, or of one per partition behind the valve of the next task. */
final class Sources {
    record Event(String key, long ms) {}

    private final List<TimestampsAndWatermarks<Event>> readers = new ArrayList<>();
    private final List<SourceOutput<Event>> outputs = new ArrayList<>();
    private final ManualClock clock = new ManualClock();

    Sources(JsonNode spec, DataOutput<Event> operator) {
        int partitions = spec.path("partitionCount").asInt(1);
        switch (spec.path("partitions").asText()) {
            case "perSplit" -> {
                TimestampsAndWatermarks<Event> reader = reader(spec);
                var main = reader.createMainOutput(operator, new Unobserved());
                for (int i = 0; i < partitions; i++) outputs.add(main.createOutputForSplit("split-" + i));
            }
            case "perChannel" -> {
                StatusWatermarkValve valve = new StatusWatermarkValve(partitions);
                for (int i = 0; i < partitions; i++)
                    outputs.add(reader(spec).createMainOutput(new Channel(valve, i, operator), new Unobserved()));
            }
            default -> outputs.add(reader(spec).createMainOutput(operator, new Unobserved()));
        }
    }

    void record(int partition, Event event) {
        SourceOutput<Event> output = outputs.get(outputs.size() == 1 ? 0 : partition);
        output.collect(event, event.ms());
    }

    void tick(long elapsedMs) {
        clock.advanceTime(Duration.ofMillis(elapsedMs - clock.relativeTimeMillis()));
        for (TimestampsAndWatermarks<Event> reader : readers) reader.emitImmediateWatermark(elapsedMs);
    }

    private TimestampsAndWatermarks<Event> reader(JsonNode spec) {
        Duration outOfOrderness = Duration.ofMillis(spec.path("outOfOrdernessMs").asLong());
        boolean perRecord = spec.path("watermark").path("emission").asText().equals("perRecord");
        WatermarkStrategy<Event> strategy = context -> perRecord
            ? new EveryRecord(outOfOrderness) : new BoundedOutOfOrdernessWatermarks<>(outOfOrderness);
        if (spec.has("idleTimeoutMs")) strategy = strategy.withIdleness(Duration.ofMillis(spec.path("idleTimeoutMs").asLong()));
        TimestampsAndWatermarks<Event> reader = TimestampsAndWatermarks.createProgressiveEventTimeLogic(strategy,
            UnregisteredMetricGroups.createUnregisteredOperatorMetricGroup(), null, 0, new PausableRelativeClock(clock), clock,
            UnregisteredMetricGroups.createUnregisteredTaskMetricGroup().getIOMetricGroup());
        readers.add(reader);
        return reader;
    }

    /** The engine's own bound, said after every record. */
    private static final class EveryRecord implements WatermarkGenerator<Event> {
        private final BoundedOutOfOrdernessWatermarks<Event> bounded;

        EveryRecord(Duration outOfOrderness) {
            bounded = new BoundedOutOfOrdernessWatermarks<>(outOfOrderness);
        }

        @Override
        public void onEvent(Event event, long eventMs, WatermarkOutput output) {
            bounded.onEvent(event, eventMs, output);
            bounded.onPeriodicEmit(output);
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            bounded.onPeriodicEmit(output);
        }
    }

    private static final class Channel extends Output<Event> {
        private final StatusWatermarkValve valve;
        private final int channel;
        private final DataOutput<Event> operator;

        Channel(StatusWatermarkValve valve, int channel, DataOutput<Event> operator) {
            this.valve = valve;
            this.channel = channel;
            this.operator = operator;
        }

        @Override
        public void emitRecord(org.apache.flink.streaming.runtime.streamrecord.StreamRecord<Event> record) throws Exception {
            operator.emitRecord(record);
        }

        @Override
        public void emitWatermark(Watermark watermark) throws Exception {
            valve.inputWatermark(watermark, channel, operator);
        }

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) throws Exception {
            valve.inputWatermarkStatus(status, channel, operator);
        }
    }

    private static final class Unobserved implements TimestampsAndWatermarks.WatermarkUpdateListener {
        @Override
        public void updateIdle(boolean isIdle) {}

        @Override
        public void updateCurrentEffectiveWatermark(long watermark) {}

        @Override
        public void updateCurrentSplitWatermark(String splitId, long watermark) {}

        @Override
        public void updateCurrentSplitIdle(String splitId, boolean idle) {}

        @Override
        public void splitFinished(String splitId) {}
    }
}
