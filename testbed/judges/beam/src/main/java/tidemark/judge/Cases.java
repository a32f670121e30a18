package tidemark.judge;

import static tidemark.judge.Judge.fields;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Kind "window": a pipeline of the direct runner, scripted by a TestStream: a watermark after every record. */
final class Cases {
    /** One at a time: the judge asks one question after the other. */
    private static final Queue<Panes.Pane> PANES = new ConcurrentLinkedQueue<>();

    static Object judge(JsonNode given) {
        JsonNode spec = given.path("spec");
        JsonNode trace = given.path("trace");
        PANES.clear();
        List<Map<String, Object>> records = new ArrayList<>();
        TestStream.Builder<KV<String, Integer>> script = TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()));
        Long watermark = null;
        for (JsonNode record : trace) {
            int i = record.path("i").asInt();
            long eventMs = record.path("ts").asLong();
            script = script.addElements(TimestampedValue.of(KV.of(record.path("key").asText(), i), new Instant(eventMs)));
            Long before = watermark;
            long afterMs = eventMs - spec.path("outOfOrdernessMs").asLong();
            if (watermark == null || afterMs > watermark) {
                watermark = afterMs;
                script = script.advanceWatermarkTo(new Instant(afterMs));
            }
            records.add(fields("i", i, "watermark", before, "watermarkAfter", watermark));
        }
        long dropped = run(script.advanceWatermarkToInfinity(), spec);
        return new Panes(spec, PANES).expected(trace, records, dropped);
    }

    private static long run(TestStream<KV<String, Integer>> script, JsonNode spec) {
        DirectOptions options = PipelineOptionsFactory.create().as(DirectOptions.class);
        options.setRunner(DirectRunner.class);
        options.setTargetParallelism(1);
        options.setEnforceImmutability(false);
        options.setEnforceEncodability(false);
        Pipeline pipeline = Pipeline.create(options);
        pipeline.apply(script)
            .apply(Window.<KV<String, Integer>>into(Panes.windowFn(spec))
                .triggering(AfterWatermark.pastEndOfWindow().withLateFirings(AfterPane.elementCountAtLeast(1)))
                .withAllowedLateness(Duration.millis(spec.path("allowedLatenessMs").asLong()))
                .accumulatingFiredPanes())
            .apply(GroupByKey.create())
            .apply(ParDo.of(new Collect()));
        PipelineResult result = pipeline.run();
        result.waitUntilFinish();
        long dropped = 0;
        // The direct runner writes it with a capital, the others do not.
        for (var counter : result.metrics().allMetrics().getCounters())
            if (counter.getName().getName().equalsIgnoreCase("droppedDueToLateness")) dropped += counter.getAttempted();
        return dropped;
    }

    private static final class Collect extends DoFn<KV<String, Iterable<Integer>>, Void> {
        @ProcessElement
        public void process(@Element KV<String, Iterable<Integer>> group, BoundedWindow window, PaneInfo pane) {
            List<Integer> members = new ArrayList<>();
            group.getValue().forEach(members::add);
            IntervalWindow interval = (IntervalWindow) window;
            PANES.add(new Panes.Pane(group.getKey(), interval.start().getMillis(), interval.end().getMillis(),
                members.stream().sorted().toList(), pane.getTiming().name()));
        }
    }
}
